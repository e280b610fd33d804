# The bootloader on the chip stays, and it knows only 2 MB of the flash. The program doesn't use the
# rest.
elf=$(corpus elf/esp-esp32c3.elf)
erased flash 4194304
dd if="$(corpus bootloader/idf-esp32c3.bin)" of=flash conv=notrunc 2>/dev/null
board --chip esp32c3 --flash flash
"$ESPFLASH" -q flash "$elf"
again
printf 'nvs,data,nvs,,0x6000\nfactory,app,factory,,3M\n' >large.csv
"$ESPFLASH" -q flash --partition-table large.csv "$elf"
echo "$?"
again
cmp -n "$(wc -c <"$(corpus bootloader/idf-esp32c3.bin)")" flash "$(corpus bootloader/idf-esp32c3.bin)" && echo kept
"$ESPFLASH" -q flash --bootloader "$(corpus bootloader/idf-esp32c3.bin)" --partition-table large.csv "$elf"
