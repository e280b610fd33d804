# After flashing, the same monitor runs. Its options are checked before anything is written. Without
# -M there is no warning.
elf=$(corpus elf/idf-esp32c6-appdesc.elf)
board --chip esp32c6 --factory
"$ESPFLASH" -q flash -M --until '(' "$elf"
echo "status $?"
"$ESPFLASH" -q flash -M --non-interactive --until 'entry 0x' --timeout 20 "$elf" >out
echo "status $?, $(grep -c '^rst:' out)"
again
"$ESPFLASH" -q flash --timeout 5 "$elf" >out
echo "status $?"
