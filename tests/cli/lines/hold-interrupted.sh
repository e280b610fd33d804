# Without a duration a signal ends the hold normally. With a duration the signal is an interrupt.
# Both release the lines.
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
