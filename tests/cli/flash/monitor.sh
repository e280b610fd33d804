elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory
"$ESPFLASH" -q flash -M --non-interactive "$elf" >out 2>&1 &
pid=$!
# It has nothing to end it but a signal: wait for the app's words, then send one.
await 'Hello world' out
kill -TERM $pid
wait $pid
echo $?
grep -c 'Hello world' out
