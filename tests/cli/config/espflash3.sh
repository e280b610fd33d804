# Port settings in espflash.toml are understood, and the file stays what it is.
printf '%s\n' '# mine' '[connection]' 'serial = "/dev/ttyUSB7"' '[[usb_device]]' 'vid = "303A"' \
	'pid = "1001"' >espflash.toml
cp espflash.toml before
"$ESPFLASH" config | grep -e ttyUSB7 -e 303a
cmp espflash.toml before && ls ../home
