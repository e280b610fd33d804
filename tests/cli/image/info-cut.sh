# Of an image whose end is missing, what is there is told, and what is wrong: with --json in one object.
head -c 3000 "$(corpus bootloader/idf-esp32c3.bin)" >cut.bin
"$ESPFLASH" image-info cut.bin
"$ESPFLASH" image-info --json cut.bin
head -c 20 cut.bin >header.bin
"$ESPFLASH" image-info header.bin
