# Write a whole flash image, then monitor the app in it.
elf=$(corpus elf/esp-esp32c3.elf) bootloader="$(corpus bootloader/idf-esp32c3.bin)"
"$ESPFLASH" -q save-image --merge --skip-padding --chip esp32c3 --bootloader "$bootloader" "$elf" all.bin >/dev/null
board --chip esp32c3
"$ESPFLASH" -q write-bin -M --non-interactive 0 all.bin >out 2>&1 &
pid=$!
await 'Hello world' out
kill -TERM $pid
wait $pid
echo $?
grep -c 'Hello world' out
