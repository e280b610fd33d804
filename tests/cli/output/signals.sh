# A signal ends the run in mid-read. The exit status shows which one; no temporary file stays, and
# the chip is not held in reset.
for name in INT TERM HUP QUIT ABRT 16 PWR 40; do
	board --chip esp32c3 --factory --pace
	mkfifo log
	"$ESPFLASH" --progress json read-flash 0 0x100000 out.bin 2>log &
	pid=$!
	exec 8<log
	while read -r line <&8; do
		case $line in *'"reading"'*) kill -$name $pid ;; esac
		case $line in *'"error"'*) echo "$line" ;; esac
	done
	wait $pid
	echo "$name: $?"
	ls out.bin* .out* 2>/dev/null
	kill "$(cat board.pid)"
	exec 8<&- 9<&-
	rm -f log board.url
done
