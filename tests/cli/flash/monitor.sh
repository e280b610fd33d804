elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory
"$ESPFLASH" -q flash -M --non-interactive "$elf" >out 2>&1 &
pid=$!
# It has nothing to end it but a signal: wait for the app's words, then send one.
n=0
while ! grep -q 'Hello world' out 2>/dev/null && [ $n -lt 200 ]; do
	n=$((n + 1))
	sleep 0.05
done
kill -TERM $pid
wait $pid
echo $?
grep -c 'Hello world' out
