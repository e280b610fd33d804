# File names may contain commas.
printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,0x10000,1M' >t.csv
flash_with_table t.csv
printf 'UUU' >a,b.bin
dd if=flash.bin bs=4096 skip=8 count=1 of=table.bin 2>/dev/null
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" verify-flash nvs a,b.bin 0x8000 table.bin 0x20001 a,b.bin && again &&
	"$ESPFLASH" -q verify-flash --no-stub --json app a,b.bin
