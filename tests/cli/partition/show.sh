# Print the table in espflash's frame.
printf "%s\n" "nvs,data,nvs,0x9000,0x6000," "factory,app,factory,0x10000,1M,encrypted" >t.csv
"$ESPFLASH" partition-table t.csv
