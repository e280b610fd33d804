# A rate of the user's that the line does not carry: one line says that the program would find a better one.
board --chip esp32s3 --quiet --fault max-rate=250000 --flash flash.bin
{ echo content && head -c 69992 /dev/urandom; } >data # 0xe9 at the start would be an image
"$ESPFLASH" write-bin -B 921600 0x10000 data >out 2>&1 || cat out
grep -o 'Rate: .*' out
again
"$ESPFLASH" write-bin -B 230400 0x10000 data >out 2>&1 || cat out
grep -o 'Rate: .*' out
dd if=flash.bin bs=4096 skip=16 2>/dev/null | cmp -n 70000 - data && echo written
