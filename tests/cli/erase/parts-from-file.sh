# With a table from a file, the program does not read the one in flash. The ROM loader can erase,
# too.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,,1M' >t.csv
flash_with_table t.csv
printf '%s\n' 'nvs,data,nvs,0xa000,0x3000' 'app,app,factory,0x10000,1M' >other.csv
board --chip esp32s3 --flash flash.bin
"$ESPFLASH" erase-parts --no-stub --partition-table other.csv nvs && touched 9 1 && touched 10 3 && touched 13 3
