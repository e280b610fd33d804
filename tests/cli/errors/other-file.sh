# If a file is of another kind, the error names its kind and the command to use.
cp "$SRC/tests/cli/flash/ram.elf" app.elf
"$ESPFLASH" image-info app.elf
head -c 70000 /dev/zero >large.bin
"$ESPFLASH" partition-table large.bin
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q write-bin 0x10000 app.elf
