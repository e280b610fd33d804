# No bootloader starts an app from a data partition.
printf '%s\n' nvs,data,nvs,0x9000,0x6000 factory,app,factory,0x10000,1M \
	storage,data,spiffs,0x110000,1M >t.csv
board --chip esp32 --factory --flash flash.bin
"$ESPFLASH" -q flash --partition-table t.csv --target-app-partition storage "$(corpus elf/esp-esp32.elf)" >/dev/null
