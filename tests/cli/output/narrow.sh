# On terminals of 60 and 30 columns no line is wider, except results and words that can't be broken.
elf=$SRC/tools/sample/sample-esp32c3.elf
board --chip esp32c3 --factory
fake_ports usb,native,jtag,other
export EF_FAKE_URL="$URL"
plain() {
	tr '\r' '\n' <terminal | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g'
}
long() {
	plain | grep -v "$2" | awk -v w="$1" 'length($0) > w { print length($0) " of " w ": " $0 }'
}
for columns in 60 30; do
	echo "flash, $columns columns"
	keys 24x$columns -- "$FAKE" flash --port /dev/ttyUSB0 --no-skip "$elf"
	plain | grep -a -e 'OK!' -e 'Verifying' | sed 's/^\[[0-9:]*\]/[*]/' | sort -u
	long $columns "^[A-Z][A-Za-z/. ]*:  \|^ *'[^']*'\$\|Connecting"
	again
	echo 'list-ports'
	keys 24x$columns -- "$FAKE" list-ports --list-all-ports
	long $columns 'nothing'
	tr -d '\r' <terminal
	echo 'error and hint'
	keys 24x$columns -- "$FAKE" -q board-info --port /dev/ttyUSB77
	long $columns "nothing"
	tr -d '\r' <terminal
done
