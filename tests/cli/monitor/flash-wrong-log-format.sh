"$ESPFLASH" flash -M --log-format defmt "$(corpus elf/esp-esp32c3.elf)"
