printf '%s\n' 'otadata,data,ota,,0x2000' 'one,app,ota_0,,1M' 'two,app,ota_1,,2M' >t.csv
"$ESPFLASH" save-image --chip esp32c3 --partition-table t.csv --target-app-partition two "$(corpus elf/esp-esp32c3.elf)" a.bin
"$ESPFLASH" -q save-image --chip esp32c3 --partition-table t.csv --target-app-partition six "$(corpus elf/esp-esp32c3.elf)" a.bin
