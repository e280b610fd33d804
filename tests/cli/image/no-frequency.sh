"$ESPFLASH" save-image --chip esp32c3 -f 60mhz "$(corpus elf/esp-esp32c3.elf)" a.bin
