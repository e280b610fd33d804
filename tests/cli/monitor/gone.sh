# The port goes away and stays away. The monitor reports that once. With --no-reconnect the exit
# status shows it; otherwise the user can end the wait.
board --chip esp32c3 --factory --chatty
"$ESPFLASH" -q monitor --non-interactive --boot-loop 0 --no-reconnect >out 2>log &
pid=$!
await rst: out
{ kill "$(cat board.pid)" && wait "$(cat board.pid)"; } 2>/dev/null
wait $pid
echo "status $?"
cat log
for how in TERM nobody; do
	rm board.url out
	board --chip esp32c3 --factory --chatty
	# it runs from the start of the monitor: the port must be gone before it ends
	patience=60
	[ $how = TERM ] || patience=10
	"$ESPFLASH" monitor --non-interactive --boot-loop 0 --timeout $patience >out 2>log &
	pid=$!
	await rst: out
	{ kill "$(cat board.pid)" && wait "$(cat board.pid)"; } 2>/dev/null
	await 'come back' log
	[ $how = TERM ] && kill -TERM $pid
	wait $pid
	echo "$how: status $?, told $(grep -c 'come back' log) times"
done
