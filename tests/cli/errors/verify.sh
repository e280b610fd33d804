elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory --fault corrupt-flash=100000
"$ESPFLASH" -q flash "$elf"
