# What ESP-IDF's bootloader would refuse or ignore is said before anything is flashed: the
# entry point of the ELF, 4 bytes at 24, is moved away, and one section to 0x70000000.
elf=$SRC/tests/golden/image/arrays.elf
"$ESPFLASH" -q save-image --chip esp32c3 "$elf" a.bin >out || cat out
sed 's/a/a/' "$elf" >far.elf
printf '\000\000\000\160' | dd of=far.elf bs=1 seek=24 conv=notrunc 2>/dev/null
# .iram0.text is at 0x40380000; its header has the address once
at=$(grep -obUaP '\x06\x00\x00\x00\x00\x00\x38\x40' far.elf | cut -d: -f1)
printf '\000\000\000\160' | dd of=far.elf bs=1 seek=$((at + 4)) conv=notrunc 2>/dev/null
"$ESPFLASH" -q save-image --chip esp32c3 far.elf b.bin >out
echo $?
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q flash --no-listen --bootloader "$(corpus bootloader/idf-esp32c3.bin)" far.elf >out
echo $?
