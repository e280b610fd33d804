# After Ctrl-C during the progress bar, the error begins on a new line, and cursor and terminal mode
# are restored.
board --chip esp32c3 --factory --pace
counted 64
for signal in INT TERM; do
	keys 24x80 '===' ^$signal -- "$ESPFLASH" write-bin --no-skip 0x10000 flash.bin
	# the cursor is visible again
	echo "hidden $(grep -a -c '\[?25l' terminal), shown $(grep -a -c '\[?25h' terminal)"
	tr -d '\r' <terminal | sed 's/.*\(\[00:0[0-9]:[0-9]*\] \[=*>\).*/\1/' | grep -a -A9 '^\[00' | tail -n +2
	again
done
