# With secure boot on, the program writes no bootloader unless it is forced.
elf=$(corpus elf/esp-esp32.elf) bootloader="$(corpus bootloader/idf-esp32.bin)"
board --chip esp32 --revision 3.0 --secure-boot
"$ESPFLASH" -q flash --no-stub --bootloader "$bootloader" "$elf"
echo $?
again
"$ESPFLASH" -q flash --no-stub --force --bootloader "$bootloader" "$elf"
