# Narrow terminals get cut lines, low ones rows that scroll; a change is seen.
fake_ports usb,native,jtag,other,noisy
cells() {
	tr -d '\r' <terminal | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | grep -a '^[> ].  *[0-9]' |
		awk '{ if (length($0) > max) max = length($0) } END { print "widest row:", max }'
}
keys 24x30 'ttyS7' q -- "$FAKE" -q board-info --list-all-ports
cells
grep -a hint terminal
keys 5x40 'ttyUSB0' G '>   5' 1 '>   1' q -- "$FAKE" -q board-info --list-all-ports
cells
keys 24x60 'ttyS7' ^SIZE=24x20 'ttyS7' q -- "$FAKE" -q board-info --list-all-ports
