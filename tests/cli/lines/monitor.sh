# The monitor restarts the app and sends it nothing. With --no-reset it does not restart it either.
board --chip esp32c3 --factory --chatty
for how in '' --no-reset '--before no-reset'; do
	rm -f out log
	# shellcheck disable=SC2086
	"$ESPFLASH" -q --trace log monitor --non-interactive $how >out &
	pid=$!
	n=0
	while ! [ -s out ] && [ $n -lt 200 ]; do
		n=$((n + 1))
		sleep 0.02
	done
	kill -TERM $pid
	wait $pid
	echo "$how: $? $(grep '^[!>]' log | tr '\n' ';')"
	again
done
