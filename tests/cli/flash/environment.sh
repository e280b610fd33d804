# A bad environment variable is an error that names it. A good one is used.
elf=$(corpus elf/esp-esp32c3.elf)
ESPFLASH_BAUD=fast "$ESPFLASH" flash -p /nowhere "$elf"
board --chip esp32c3 --factory
ESPFLASH_BAUD=460_800 "$ESPFLASH" -q flash "$elf"
