# Ended by a signal in mid-read: the status tells which one, no temporary file is left, the chip is not held.
for name in INT TERM HUP; do
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
