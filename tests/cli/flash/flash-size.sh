elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory --size 8MB
"$ESPFLASH" flash "$elf" && again && "$ESPFLASH" flash --flash-size 2mb "$elf"
