# On a terminal the program lists ports by number, known boards first, and leaves the terminal
# unchanged.
board --chip esp32c3
fake_ports usb,native,jtag
pick() {
	again
	keys 24x80 'Number of the port: ' "$@" -- sh -c "exec '$FAKE' -q board-info --list-all-ports >out"
	head -1 out
}
echo 'the second'
pick '2\r'
tr -d '\r' <terminal | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | grep -a -e ttyACM0 -e ttyUSB0 -e ttyS7
echo 'known boards are bold'
grep -a -c "$(printf '\033\\[1m')" terminal
echo 'a typing error, corrected'
pick '3\x7f2\r'
for leave in '\r' 'x\r' '0\r' '4\r' '\x03' '\x04' ^TERM ^HUP; do
	printf 'left with %s\n' "$leave"
	pick "$leave"
done
echo 'ended from outside'
keys 24x80 'Number of the port: ' ^QUIT -- "$FAKE" -q board-info --list-all-ports
