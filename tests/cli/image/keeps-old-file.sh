# If writing fails, the old file keeps its content.
echo old >a.bin
"$ESPFLASH" -q save-image --chip esp32 "$(corpus elf/esp-esp32c3.elf)" a.bin
cat a.bin
