printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,0x10000,1M' >t.csv
printf 'UUU' >a.bin
: >empty.bin
erased large.bin 24577
"$ESPFLASH" verify-flash -p /nowhere 0x10000 a.bin 0x20000
"$ESPFLASH" verify-flash -p /nowhere 0x10000 missing.bin
"$ESPFLASH" verify-flash -p /nowhere 0x10000 empty.bin
"$ESPFLASH" verify-flash -p /nowhere --partition-table t.csv ota a.bin
board --chip esp32c3
"$ESPFLASH" -q verify-flash --partition-table t.csv nvs large.bin
again
"$ESPFLASH" -q verify-flash 0x3ffffe a.bin
again
"$ESPFLASH" -q verify-flash 0x10000 a.bin 0x10002 a.bin
