printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,0x10000,1M' >t.csv
flash_with_table t.csv
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q read-flash --json nvs all nvs.bin && dd if=flash.bin bs=4096 skip=9 count=6 2>/dev/null | cmp - nvs.bin
again
"$ESPFLASH" -q read-flash nvs 0x6001 nvs.bin
