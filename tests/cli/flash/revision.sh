elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --factory
"$ESPFLASH" -q flash --min-chip-rev 1.1 "$elf"
echo $?
again
"$ESPFLASH" -q flash --min-chip-rev 1.1 --force "$elf"
