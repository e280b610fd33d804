# A segment that is mapped from flash can't be loaded to RAM.
"$ESPFLASH" -q save-image --chip esp32c3 "$(corpus elf/esp-esp32c3.elf)" app.bin >/dev/null
"$ESPFLASH" load-ram -p /nowhere app.bin
echo $?
"$ESPFLASH" load-ram -p /nowhere "$(corpus elf/esp-esp32c3.elf)"
