# The second run skips what is in flash already.
elf=$(corpus elf/esp-esp32c3.elf) bootloader="$(corpus bootloader/idf-esp32c3.bin)"
board --chip esp32c3
"$ESPFLASH" -q flash --bootloader "$bootloader" "$elf" >/dev/null && again && "$ESPFLASH" flash --bootloader "$bootloader" "$elf" &&
	again && "$ESPFLASH" flash --no-skip --no-verify --bootloader "$bootloader" "$elf"
