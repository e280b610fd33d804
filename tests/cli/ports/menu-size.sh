# On a narrow terminal the program breaks the lines of the list between words.
fake_ports usb,native,jtag,other,noisy
cells() {
	tr -d '\r' <terminal | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | grep -a '^ ' |
		awk '{ if (length($0) > max) max = length($0) } END { print "widest row:", max }'
}
keys 24x30 'Number of the port: ' '\r' -- "$FAKE" -q board-info --list-all-ports
cells
grep -a hint terminal
keys 24x60 'Number of the port: ' '\r' -- "$FAKE" -q board-info --list-all-ports
cells
