"$ESPFLASH" save-image --merge --chip esp32c3 --bootloader "$(corpus bootloader/idf-esp32c3.bin)" "$(corpus elf/esp-esp32c3.elf)" a.bin &&
	"$ESPFLASH" -q save-image --merge --skip-padding --chip esp32c3 -s 8mb --bootloader "$(corpus bootloader/idf-esp32c3.bin)" "$(corpus elf/esp-esp32c3.elf)" b.bin &&
	wc -c <a.bin && wc -c <b.bin
