# On a terminal: an arrow-key menu, known boards first, and the terminal is what it was.
board --chip esp32c3
fake_ports usb,native,jtag
pick() {
	again
	keys 24x80 "$@" -- sh -c "exec '$FAKE' -q board-info --list-all-ports >out"
	head -1 out
}
echo 'down: the second'
pick 'ttyS7' '\e[B' '>   2' '\r'
tr -d '\r' <terminal | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | grep -a -e ttyACM0 -e ttyUSB0 -e ttyS7 | head -3
echo 'down, down, up, j, k'
pick 'ttyS7' '\e[B' '>   2' 'j' '>   3' '\eOA' '>   2' 'k' '>   1' 'j' '>   2' '\r'
echo 'round to the last, and by number to the second'
pick 'ttyS7' 'k' '>   3' '2' '>   2' '\r'
for leave in '\e' q '\x03' '\x04' ^TERM ^HUP; do
	echo "left with $leave"
	pick 'ttyS7' "$leave"
done
echo 'ended from outside'
keys 24x80 'ttyS7' ^QUIT -- "$FAKE" -q board-info --list-all-ports
