# Each of these is an error before the port is opened.
elf=$(corpus elf/esp-esp32c3.elf)
"$ESPFLASH" flash -p /nowhere missing.elf
"$ESPFLASH" flash -p /nowhere --chip esp32 "$elf"
"$ESPFLASH" flash -p /nowhere --chip esp32c3 --bootloader missing.bin "$elf"
"$ESPFLASH" flash -p /nowhere --chip esp32c3 --bootloader "$(corpus bootloader/idf-esp32.bin)" "$elf"
"$ESPFLASH" flash -p /nowhere --partition-table "$(corpus partitions/err_overlapping_partitions.csv)" "$elf"
"$ESPFLASH" flash -p /nowhere --chip esp32c3 -s 2mb --partition-table "$(corpus partitions/partitions-4MB.csv)" "$elf"
"$ESPFLASH" flash -p /nowhere "$elf"
