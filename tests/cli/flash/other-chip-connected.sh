elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c6 --factory
"$ESPFLASH" flash "$elf"
