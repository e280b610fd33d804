# Without a time the signal is the end, with one it comes too early. Either way the lines go back.
board --chip esp32c3 --factory
for time in '' '--for 60'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" -q --trace log hold-in-reset $time &
	pid=$!
	n=0
	while ! grep -q '^! 0 1' log 2>/dev/null && [ $n -lt 200 ]; do
		n=$((n + 1))
		sleep 0.02
	done
	kill -TERM $pid
	wait $pid
	echo $?
	again
	grep '^[!>]' log
	rm log
done
