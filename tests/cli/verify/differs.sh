# verify says where the flash differs and how much, and resets the chip.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
printf 'UUUVUUWU' >a.bin
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q verify-flash 0x10000 a.bin
