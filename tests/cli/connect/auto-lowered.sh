# A bridge that garbles above 250000 baud: the write succeeds, below that.
board --chip esp32s3 --quiet --fault max-rate=250000 --flash flash.bin
unset ESPFLASH_BAUD
erased blank 70000
{ echo content && head -c 69992 /dev/urandom; } >data # 0xe9 at the start would be an image
"$ESPFLASH" write-bin 0x10000 data >out 2>&1 || cat out
grep -o 'Rate: .*' out
dd if=flash.bin bs=4096 skip=16 2>/dev/null | cmp -n 70000 - data && echo written
