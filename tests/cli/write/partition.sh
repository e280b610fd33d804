printf '%s\n' 'nvs,data,nvs,,0x6000' 'app,app,factory,0x10000,1M' >t.csv
flash_with_table t.csv
tr '\0' 'V' </dev/zero | head -c 24576 >full.bin
printf 'V' | cat full.bin - >large.bin
board --chip esp32s3 --flash flash.bin
"$ESPFLASH" -q write-bin nvs full.bin >/dev/null && dd if=flash.bin bs=4096 skip=9 count=6 2>/dev/null | cmp - full.bin && touched 15 1009
again
"$ESPFLASH" -q write-bin nvs large.bin >/dev/null
