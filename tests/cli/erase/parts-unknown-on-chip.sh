# The program looks up all names before it erases anything.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,,1M' >t.csv
flash_with_table t.csv
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q erase-parts nvs nvm
touched 9 1015
again
"$ESPFLASH" -q erase-parts --partition-table-offset 0x10000 nvs
