# An app goes to app partitions only.
printf '%s\n' 'nvs,data,nvs,0x9000,0x4000' 'app,app,factory,0x10000,1M' 'fs,data,spiffs,,1M' >t.csv
elf=$SRC/tools/sample/sample-esp32c3.elf
"$ESPFLASH" flash -p /nowhere --chip esp32c3 --partition-table t.csv --target-app-partition fs "$elf"
"$ESPFLASH" save-image --chip esp32c3 --partition-table t.csv --target-app-partition nvs "$elf" x.bin
ls x.bin 2>/dev/null
