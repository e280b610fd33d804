# Zephyr's ELF has its descriptor under the name that ESP-IDF uses.
"$ESPFLASH" save-image --chip esp32 "$(corpus elf/zephyr-esp32.elf)" a.bin
