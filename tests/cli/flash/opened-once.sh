# Whatever the command needs the ELF for (to see what it is, to build the image, to decode the
# log), it opens the file once.
cp "$(corpus elf/esp-esp32c3.elf)" app.elf
board --chip esp32c3 --factory
opened /app.elf "$ESPFLASH" -q flash --no-listen "$PWD/app.elf"
again
opened /app.elf "$ESPFLASH" -q flash -M --non-interactive --until 'Hello world' "$PWD/app.elf"
opened /app.elf "$ESPFLASH" -q flash --dry-run "$PWD/app.elf"
opened /app.elf "$ESPFLASH" -q save-image --chip esp32c3 "$PWD/app.elf" app.bin
