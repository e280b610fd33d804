# The program erases the partitions once each, in the order of the table, and leaves the others
# alone.
printf '%s\n' 'nvs,data,nvs,0x9000,0x6000' 'phy_init,data,phy,0xf000,0x1000' \
	'app,app,factory,0x10000,1M' 'fs,data,spiffs,0x110000,64K' 'mine,data,0x40,,4K' >t.csv
flash_with_table t.csv
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" erase-parts fs,nvs --type nvs,0x40 && touched 0 8 && touched 9 6 && touched 15 257 &&
	touched 272 16 && touched 288 1 && touched 289 735
