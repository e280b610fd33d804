# If the end of an image is missing, image-info prints the parts that are there and the error; with
# --json both are in one object.
head -c 3000 "$(corpus bootloader/idf-esp32c3.bin)" >cut.bin
"$ESPFLASH" image-info cut.bin
"$ESPFLASH" image-info --json cut.bin
head -c 20 cut.bin >header.bin
"$ESPFLASH" image-info header.bin
