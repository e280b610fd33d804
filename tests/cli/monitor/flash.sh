# After flashing, the same monitor runs. Its options are checked before anything is written. What a
# script waits for opens the monitor without -M; its other options are warned of.
elf=$(corpus elf/idf-esp32c6-appdesc.elf)
board --chip esp32c6 --factory
"$ESPFLASH" -q flash -M --until '(' "$elf"
echo "status $?"
"$ESPFLASH" -q flash -M --non-interactive --until 'entry 0x' --timeout 60 "$elf" >out
echo "status $?, $(grep -c '^rst:' out)"
again
"$ESPFLASH" -q flash --timeout 2 "$elf" >out
echo "status $?"
again
"$ESPFLASH" -q flash --eol cr --filter "*:I" "$elf" >out
echo "status $?"
