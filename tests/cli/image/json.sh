"$ESPFLASH" -q save-image --json --chip esp32c3 "$(corpus elf/esp-esp32c3.elf)" app.bin
