# Ctrl-C ends the wait for a port, and the error says so.
"$ESPFLASH" board-info --port /dev/ef-no-such-port --wait 2>err </dev/null &
pid=$!
await 'waiting for it' err
kill -TERM $pid
wait $pid
status=$?
cat err >&2
exit $status
