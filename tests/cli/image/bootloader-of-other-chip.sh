"$ESPFLASH" save-image --merge --chip esp32c3 --bootloader "$(corpus bootloader/idf-esp32.bin)" "$(corpus elf/esp-esp32c3.elf)" a.bin
