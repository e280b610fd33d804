"$ESPFLASH" -q save-image --chip esp32c3 "$(corpus elf/esp-esp32c3.elf)" app.bin >/dev/null
"$ESPFLASH" image-info app.bin
"$ESPFLASH" image-info "$(corpus bootloader/idf-esp32.bin)"
