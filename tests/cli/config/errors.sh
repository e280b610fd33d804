# A bad file is an error that names file, line and key. If a key stands at the wrong place, the
# error names the right one.
try() {
	printf '%s\n' "$@" >espflash.toml
	"$ESPFLASH" config >/dev/null
	echo "$?"
}
try 'baudrate = '
try '# one' 'baudrate = "fast"'
try 'baudrate = 0'
try '[flash]' 'mode = "fast"'
try 'size = "8MB"'
try "[flash]" "baudrate = 5"
try '[connection]' 'bootloader = "x"'
try 'partition_table = "x"'
try 'vid = "303a"'
try 'serial = "x"'
try '[[usb_device]]' 'vid = "303a"'
try '[[usb_device]]' 'vid = "303ax"' 'pid = "1"'
try '[[usb_device]]' 'vid = 303' 'pid = "1"'
try '[[flash]]' 'mode = "qio"'
try '[idf]' 'bootloader = "a"' '[idf_format_args]' 'bootloader = "b"'
try '[flash]' 'mode = "qio"' 'mode = "dio"'
rm espflash.toml
echo 'baudrate = 5' >espflash_ports.toml
"$ESPFLASH" config
