printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,,64K' >t.csv
"$ESPFLASH" save-image --chip esp32c3 --partition-table t.csv "$(corpus elf/esp-esp32c3.elf)" a.bin
