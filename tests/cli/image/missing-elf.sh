"$ESPFLASH" save-image --chip esp32 app.elf a.bin
