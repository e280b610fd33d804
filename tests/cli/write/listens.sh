# After a write that changes the start, the start is listened to, as after flash.
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q save-image --chip esp32c3 --bootloader "$(corpus bootloader/idf-esp32c3.bin)" --merge \
	--skip-padding "$(corpus elf/esp-esp32c3.elf)" merged.bin >/dev/null
"$ESPFLASH" write-bin 0 merged.bin 2>&1 | grep -e 'app runs' -e 'successfully'
again
"$ESPFLASH" write-bin --no-listen --no-skip 0 merged.bin 2>&1 | grep -c 'app runs'
again
printf 'settings' >nvs.bin
"$ESPFLASH" write-bin nvs nvs.bin 2>&1 | grep -c 'app runs'
again
head -c 3072 /dev/zero | tr '\0' '\377' >blank.bin
"$ESPFLASH" -q write-bin 0x8000 blank.bin 2>&1 >/dev/null | grep -c 'everything is written, but'
true
