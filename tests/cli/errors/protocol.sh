elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory --fault fail-program-at=20
"$ESPFLASH" -q flash "$elf"
