# A whole flash image, and the app that is in it.
elf=$(corpus elf/esp-esp32c3.elf) bootloader="$(corpus bootloader/idf-esp32c3.bin)"
"$ESPFLASH" -q save-image --merge --skip-padding --chip esp32c3 --bootloader "$bootloader" "$elf" all.bin >/dev/null
board --chip esp32c3
"$ESPFLASH" -q write-bin -M --non-interactive 0 all.bin >out 2>&1 &
pid=$!
n=0
while ! grep -q 'Hello world' out 2>/dev/null && [ $n -lt 200 ]; do
	n=$((n + 1))
	sleep 0.05
done
kill -TERM $pid
wait $pid
echo $?
grep -c 'Hello world' out
