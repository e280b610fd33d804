# In secure download mode the program can't read the table from flash, but accepts a file.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,,1M' >t.csv
flash_with_table t.csv
board --chip esp32c6 --secure-download --flash flash.bin
"$ESPFLASH" -q erase-parts nvs
echo $?
again
"$ESPFLASH" -q erase-parts --partition-table t.csv nvs && touched 9 6
