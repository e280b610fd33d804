# In secure download mode nothing can be read, so bytes that share a sector with a file can't be
# kept. The program erases those after the file (an app never ends at a sector), but refuses if it
# would erase those before it or those that an option protects.
printf 'hello' >a.bin
erased b.bin 4096
printf 'hello' | dd of=b.bin conv=notrunc 2>/dev/null
flash_with_table "$(corpus partitions/partitions_singleapp.csv)"
board --chip esp32c6 --secure-download --flash flash.bin
"$ESPFLASH" -q write-bin 0x10000 a.bin
echo $?
touched 16 1
dd if=flash.bin bs=1 skip=65536 count=8 2>/dev/null | od -An -tx1 # the rest of the word is erased
again
"$ESPFLASH" -q write-bin 0x12008 a.bin
echo $?
again
"$ESPFLASH" -q write-bin --exact 0x13000 a.bin
echo $?
again
"$ESPFLASH" -q write-bin 0x14000 a.bin 0x14100 a.bin
echo $?
touched 18 3
again
"$ESPFLASH" -q write-bin 0x10000 b.bin >/dev/null && dd if=flash.bin bs=1 skip=65536 count=5 2>/dev/null
