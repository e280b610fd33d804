# If the rest of the sector is blank, only whole words of the file are written, as in espflash.
board --chip esp32c3 --flash flash.bin
printf 'hello' >a.bin
"$ESPFLASH" write-bin 0x10000 a.bin && dd if=flash.bin bs=1 skip=65536 count=8 2>/dev/null | od -An -c
