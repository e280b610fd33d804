# No bootloader file is found, so the bootloader on the chip stays.
elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory
"$ESPFLASH" flash "$elf"
