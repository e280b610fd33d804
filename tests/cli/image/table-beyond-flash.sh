"$ESPFLASH" save-image --chip esp32c3 --partition-table "$(corpus partitions/partitions-8MB.csv)" "$(corpus elf/esp-esp32c3.elf)" a.bin
