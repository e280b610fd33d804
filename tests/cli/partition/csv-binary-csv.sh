# Convert a table to binary and back, through files and through standard output.
printf "%s\n" "nvs,data,nvs,0x9000,0x6000," "factory,app,factory,0x10000,1M,encrypted" >t.csv
"$ESPFLASH" partition-table --to-binary -o t.bin t.csv && wc -c <t.bin &&
	"$ESPFLASH" partition-table --to-binary t.csv | cmp - t.bin &&
	"$ESPFLASH" partition-table --to-csv t.bin &&
	"$ESPFLASH" partition-table --to-csv -o back.csv t.bin &&
	"$ESPFLASH" partition-table --to-binary back.csv | cmp - t.bin
