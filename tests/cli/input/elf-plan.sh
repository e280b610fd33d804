# --dry-run of an ELF, too, needs no board and writes nothing.
export ESPFLASH_PORT=/dev/nonexistent
elf=$SRC/tools/sample/sample-esp32c3.elf
"$ESPFLASH" flash --dry-run --chip esp32c3 --bootloader "$(corpus bootloader/idf-esp32c3.bin)" "$elf"
"$ESPFLASH" flash --dry-run "$SRC/tests/golden/image/gaps.elf"
"$ESPFLASH" flash --fill-gaps "$elf"
