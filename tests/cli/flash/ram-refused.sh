"$ESPFLASH" flash -p /nowhere --ram "$(corpus elf/esp-esp32c3.elf)"
"$ESPFLASH" flash -p /nowhere --ram --bootloader x "$(corpus elf/esp-esp32c3.elf)"
