# The size can't be read there: like esptool, keep the one in the bootloader's header. The
# table puts the app above 2 MB.
printf '%s\n' 'nvs,data,nvs,0x9000,0x6000' 'big,data,fat,0x10000,3M' 'factory,app,factory,0x310000,768K' >t.csv
boot=$(corpus bootloader/idf-esp32c3.bin)
board --chip esp32c3 --secure-download --size 4MB --flash flash.bin
"$ESPFLASH" -q flash --no-listen --bootloader "$boot" --partition-table t.csv "$(corpus elf/esp-esp32c3.elf)"
echo $?
od -An -tx1 -j3 -N1 "$boot"
od -An -tx1 -j3 -N1 flash.bin
again
"$ESPFLASH" -q flash --no-listen --bootloader "$boot" --partition-table t.csv -s 16mb "$(corpus elf/esp-esp32c3.elf)"
echo $?
od -An -tx1 -j3 -N1 flash.bin
