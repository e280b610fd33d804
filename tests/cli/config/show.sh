# The local file overrides the global one key by key. The command line and the environment override
# both.
mkdir -p ../home/.config/espflash
printf '%s\n' 'baudrate = 115_200' '[flash]' 'mode = "dio"' 'size = "4MB"' >../home/.config/espflash/espflash.toml
printf '%s\n' '# ours' 'baudrate = 460_800' 'format = "EspIdf"' '[idf]' 'bootloader = "b/boot.bin"' \
	'partition_table_offset = 0x10000' '[flash]' 'mode = "qio"' 'frequency = "80MHz"' >../espflash.toml
printf '%s\n' '[connection]' 'serial = "/dev/ttyUSB7"' '[[usb_device]]' 'vid = "1209"' \
	'pid = "0xA0B1"' >espflash_ports.toml
export ESPFLASH_BAUD=921600
"$ESPFLASH" config --chip esp32c3
