# What shares a sector can't be kept there.
printf 'hello' >a.bin
erased b.bin 4096
printf 'hello' | dd of=b.bin conv=notrunc 2>/dev/null
board --chip esp32c6 --secure-download --flash flash.bin
"$ESPFLASH" -q write-bin 0x10000 a.bin
echo $?
again
"$ESPFLASH" -q write-bin 0x10000 b.bin >/dev/null && dd if=flash.bin bs=1 skip=65536 count=5 2>/dev/null
