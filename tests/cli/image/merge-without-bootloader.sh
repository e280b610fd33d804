"$ESPFLASH" save-image --merge --chip esp32c3 "$(corpus elf/esp-esp32c3.elf)" app.bin
