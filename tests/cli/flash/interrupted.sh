# A signal ends the run in mid-write. The exit status shows the signal, the error gives the state of
# the flash, and the chip is not held in reset.
elf=$SRC/tools/sample/sample-esp32c3.elf
for signal in INT TERM; do
	board --chip esp32c3 --factory --flash flash.bin --pace
	mkfifo log
	"$ESPFLASH" -q --progress json flash --no-skip --json "$elf" 2>log >out.json &
	pid=$!
	exec 8<log
	while read -r line <&8; do
		case $line in *'"writing","label":"app"'*'"done":'[1-9]*) kill -$signal $pid ;; esac
	done
	wait $pid
	echo "$signal: $?"
	grep -e '"label"' -e '"result"' -e '"message"' -e '"hint"' -e '"exit_status"' out.json
	again
	kill "$(cat board.pid)"
	exec 8<&- 9<&-
	rm -f log board.url
done
