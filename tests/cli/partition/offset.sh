# Rows without an offset follow the table, wherever it is.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,,1M' >t.csv
"$ESPFLASH" partition-table --partition-table-offset 0xf000 --to-csv t.csv
