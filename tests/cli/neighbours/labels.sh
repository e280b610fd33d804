# A label can hold characters that turn text around or end a line. On a terminal they are shown
# harmless, and the CSV that we write is one that we read.
label=$(printf 'a\342\200\256b\342\200\250c\342\201\251')
printf '"%s",data,nvs,0x9000,0x6000\nfactory,app,factory,,1M\n' plain123456789 >table.csv
"$ESPFLASH" partition-table --to-binary table.csv -o table.bin
# replace the name in the binary form, which needs no digest then
"$ESPFLASH" partition-table table.bin >/dev/null || exit 1
printf '%s\0\0' "$label" | dd of=table.bin bs=1 seek=12 conv=notrunc 2>/dev/null
head -c 64 table.bin >cut.bin
head -c 4032 /dev/zero | tr '\0' '\377' >>cut.bin
head -c 3072 cut.bin >table.bin
"$ESPFLASH" partition-table table.bin
"$ESPFLASH" partition-table --to-csv table.bin -o again.csv && cat again.csv
"$ESPFLASH" partition-table --to-binary again.csv -o again.bin && echo read
"$ESPFLASH" image-info "$label" 2>&1 | head -1
