# Bits that a newer ESP-IDF may set: shown, and a CSV can't hold them.
printf '%s\n' 'nvs,data,nvs,,0x6000,encrypted' 'factory,app,factory,,1M' >t.csv
"$ESPFLASH" partition-table --to-binary -o t.bin t.csv
# without the MD5 row, which the change would make wrong
dd if=t.bin of=u.bin bs=32 count=2 2>/dev/null
printf '\005\000\000\200' | dd of=u.bin bs=1 seek=28 conv=notrunc 2>/dev/null
erased e 2048
cat e >>u.bin
"$ESPFLASH" partition-table u.bin
"$ESPFLASH" partition-table --json u.bin | grep flags
"$ESPFLASH" partition-table --to-csv u.bin
