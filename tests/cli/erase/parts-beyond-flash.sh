# The program checks all partitions before it erases the first one.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,,1M' 'fs,data,spiffs,8M,64K' >t.csv
flash_with_table t.csv
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q erase-parts nvs fs
echo $?
touched 9 1015
