# Without a time the signal is the end, with one it comes too early. Either way the lines go back.
board --chip esp32c3 --factory
for time in '' '--for 60'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" -q --trace log hold-in-reset $time &
	pid=$!
	await '^! 0 1' log
	kill -TERM $pid
	wait $pid
	echo $?
	again
	grep '^[!>]' log
	rm log
done
