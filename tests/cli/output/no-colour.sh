# Without a terminal there are no colours and no progress bar. Options have the same effect on a
# terminal.
board --chip esp32c3 --factory
counted 2
for set in NO_COLOR=1 TERM=dumb CI=true TERM=xterm; do
	again
	env $set "$ESPFLASH" write-bin --no-skip 0x10000 flash.bin >out 2>&1
	echo "$set: $? $(tr -cd '\033\r' <out | wc -c) $(grep -c 'written and verified' out)"
done
