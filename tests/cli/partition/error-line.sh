printf '%s\n' '# comment' 'nvs,data,nvs,0x9000,0x6000' 'app,app,factory,0x10001,1M' >t.csv
"$ESPFLASH" partition-table t.csv
