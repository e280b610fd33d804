# The monitor restarts the app and sends it nothing. With --no-reset it does not restart it either.
board --chip esp32c3 --factory --chatty
for how in '' --no-reset '--before no-reset'; do
	rm -f out log
	# shellcheck disable=SC2086
	"$ESPFLASH" -q --trace log monitor --non-interactive --boot-loop 0 $how >out &
	pid=$!
	await . out
	kill -TERM $pid
	wait $pid
	echo "$how: $? $(grep '^[!>]' log | tr '\n' ';')"
	again
done
