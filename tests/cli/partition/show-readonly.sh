printf '%s\n' 'nvs,data,nvs,,0x3000,encrypted:readonly' 'long_name_of_16_c,app,ota_3,,64K' 'x,0x40,0x07,,4K' >t.csv
"$ESPFLASH" partition-table t.csv
