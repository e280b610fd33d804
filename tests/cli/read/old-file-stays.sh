# If the chip goes away in mid-read, the old file keeps its content and no temporary file stays.
counted 1024
echo old >out.bin
board --chip esp32c3 --flash flash.bin --pace # it takes minutes
"$ESPFLASH" -q read-flash 0 ALL out.bin >log 2>&1 &
pid=$!
until ls out.bin.*.tmp >/dev/null 2>&1 || ! kill -0 $pid; do
	sleep 0.01
done
kill "$(cat board.pid)"
wait $pid && echo succeeded
cat out.bin
ls out.bin*
