# With a table from a file, an unknown name is an error before the port is opened.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,,1M' >t.csv
"$ESPFLASH" erase-parts -p /nowhere --partition-table t.csv nvs fs
"$ESPFLASH" erase-parts -p /nowhere --partition-table t.csv --type spiffs
"$ESPFLASH" erase-parts -p /nowhere --partition-table missing.csv nvs
"$ESPFLASH" erase-parts -p /nowhere
