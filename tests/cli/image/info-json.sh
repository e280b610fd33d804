"$ESPFLASH" image-info --json "$(corpus bootloader/idf-esp32c3.bin)"
