# The program understands a file of espflash 3, with keys at the top and ports in it, and does not
# change it.
printf '%s\n' '# mine' 'baudrate = 460800' 'bootloader = "boot.bin"' 'partition_table = "t.csv"' \
	'partition_table_offset = 0xa000' '[connection]' 'serial = "/dev/ttyUSB7"' \
	'[[usb_device]]' 'vid = "303A"' 'pid = "1001"' '[flash]' 'size = "8MB"' >espflash.toml
cp espflash.toml before
"$ESPFLASH" config | grep -e espflash.toml
cmp espflash.toml before && ls ../home
# espflash 4 has two files.
printf '%s\n' 'baudrate = 460800' 'format = "EspIdf"' '[idf_format_args]' 'bootloader = "boot.bin"' \
	'partition_table = "t.csv"' '[flash]' 'mode = "qio"' 'frequency = "80MHz"' >espflash.toml
printf '%s\n' '[connection]' 'serial = "/dev/ttyUSB7"' '[[usb_device]]' 'vid = "303a"' \
	'pid = "1001"' >espflash_ports.toml
"$ESPFLASH" config | grep -e espflash.toml -e espflash_ports.toml
