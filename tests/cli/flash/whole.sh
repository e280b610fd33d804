# Flash bootloader, table and app. The flash then equals the output of save-image --merge.
elf=$(corpus elf/esp-esp32c3.elf) bootloader="$(corpus bootloader/idf-esp32c3.bin)"
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" flash --bootloader "$bootloader" "$elf" &&
	"$ESPFLASH" -q save-image --merge --chip esp32c3 --bootloader "$bootloader" "$elf" want.bin >/dev/null &&
	cmp flash.bin want.bin
