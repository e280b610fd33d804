# Above 2 MB, which is what the ROM assumes.
printf 'hello' >a.bin
flash_with_table "$(corpus partitions/partitions_singleapp.csv)"
board --chip esp32c3 --secure-download --flash flash.bin
"$ESPFLASH" -q write-bin 0x300000 a.bin >out && dd if=flash.bin bs=4096 skip=768 count=1 2>/dev/null | head -c 5
again
# One warning for a kind, however often the ROM is asked: there is no such flash.
"$ESPFLASH" -q write-bin 0x500000 a.bin >out
echo $?
