elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory
"$ESPFLASH" flash --erase-parts nvs,phy_init --erase-data-parts nvs "$elf"
