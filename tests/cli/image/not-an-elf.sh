echo text >app.elf
"$ESPFLASH" save-image --chip esp32 app.elf a.bin
