# image-info lists every part of a whole flash, and the damage in one of them.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'factory,app,factory,,1M' 'ota_0,app,ota_0,,1M' 'ota_1,app,ota_1,,1M' >t.csv
"$ESPFLASH" -q save-image --chip esp32 --merge --flash-size 4mb --bootloader "$(corpus bootloader/idf-esp32.bin)" \
	--partition-table t.csv "$(corpus elf/esp-esp32.elf)" m.bin >/dev/null
printf 'xx' | dd of=m.bin bs=1 seek=$((0x110000)) conv=notrunc 2>/dev/null
head -c $((0x200000)) m.bin >cut.bin
"$ESPFLASH" image-info cut.bin
"$ESPFLASH" image-info --json cut.bin
printf 'xx' | dd of=cut.bin bs=1 seek=$((0x10100)) conv=notrunc 2>/dev/null
"$ESPFLASH" image-info cut.bin | grep WRONG
"$ESPFLASH" image-info --json cut.bin
