# With this option nothing around the file is kept.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
printf 'hello' >a.bin
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" write-bin --erase-all --no-verify 0x10010 a.bin && tr -d '\377' <flash.bin
