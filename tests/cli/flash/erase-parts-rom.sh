elf=$(corpus elf/esp-esp32c3.elf)
printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,,1M' 'fs,data,spiffs,,64K' >t.csv
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q flash --no-stub --bootloader "$(corpus bootloader/idf-esp32c3.bin)" --partition-table t.csv --erase-parts fs "$elf" &&
	dd if=flash.bin bs=65536 skip=17 count=1 2>/dev/null | tr -d '\377' | wc -c &&
	dd if=flash.bin bs=65536 skip=18 count=1 2>/dev/null | tr -d 'U' | wc -c
