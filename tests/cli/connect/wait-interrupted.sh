# Ctrl-C ends waiting for a port, and is told as such.
"$ESPFLASH" board-info --port /dev/ef-no-such-port --wait 2>err </dev/null &
pid=$!
n=0
while [ $n -lt 500 ] && ! grep -qs 'waiting for it' err; do
	n=$((n + 1))
	sleep 0.01
done
kill -TERM $pid
wait $pid
status=$?
cat err >&2
exit $status
