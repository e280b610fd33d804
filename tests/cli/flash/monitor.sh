elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory
"$ESPFLASH" -q flash -M --non-interactive "$elf" >out 2>&1 &
pid=$!
# Only a signal ends this monitor, so send one after the app's greeting.
await 'Hello world' out
kill -TERM $pid
wait $pid
echo $?
grep -c 'Hello world' out
