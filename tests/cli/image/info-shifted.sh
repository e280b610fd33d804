# MicroPython's files begin at the chip's boot address. image-info shows the same parts as for the
# whole flash, at the same addresses.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'factory,app,factory,,1M' >t.csv
"$ESPFLASH" -q save-image --chip esp32 --merge --bootloader "$(corpus bootloader/idf-esp32.bin)" \
	--partition-table t.csv "$(corpus elf/esp-esp32.elf)" m.bin >/dev/null
dd if=m.bin of=shifted.bin bs=4096 skip=1 2>/dev/null
"$ESPFLASH" image-info m.bin >whole
"$ESPFLASH" image-info shifted.bin | cmp - whole
"$ESPFLASH" image-info --json m.bin | grep -v '"size":	4194304' >whole
"$ESPFLASH" image-info --json shifted.bin | grep -v '"size":	4190208' | cmp - whole
head -c 8192 shifted.bin >cut.bin
"$ESPFLASH" image-info cut.bin
printf 'xx' | dd of=shifted.bin bs=1 seek=$((0xf100)) conv=notrunc 2>/dev/null
"$ESPFLASH" image-info shifted.bin | grep '^App\|WRONG'
head -c 65536 m.bin | tail -c +4097 | "$ESPFLASH" image-info /dev/stdin | tail -n 2
