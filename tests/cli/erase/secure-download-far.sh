# Above 2 MB, which is what the ROM assumes: esptool erases there, too, and assumes 16 MB.
printf '%s\n' 'nvs,data,nvs,0x9000,0x6000' 'factory,app,factory,0x10000,1M' \
	'ota_1,app,ota_1,0x310000,64K' >t.csv
flash_with_table t.csv
board --chip esp32c3 --secure-download --flash flash.bin
"$ESPFLASH" -q erase-region 0x300000 0x1000 && touched 767 1 && touched 768 1 && touched 769 1
again
"$ESPFLASH" -q erase-parts --partition-table t.csv ota_1 && touched 784 16
again
"$ESPFLASH" -q erase-parts --partition-table t.csv --flash-size 2mb ota_1
echo $?
again
"$ESPFLASH" -q erase-region -s 4mb 0x3ff000 ALL && touched 1022 1 && touched 1023 1
