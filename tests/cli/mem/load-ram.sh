# Load an ELF, and the same program as an image (made by hand: header, one segment, checksum).
board --chip esp32c3
"$ESPFLASH" -q load-ram "$SRC/tests/cli/flash/ram.elf"
echo $?
again
"$ESPFLASH" load-ram --no-stub "$SRC/tests/cli/flash/ram.elf" && again && grep -o "application runs" board.log
printf '\351\1\2\17\0\4\070\100\356\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0\4\070\100\4\0\0\0\1\240\1\240\0\0\0\0\0\0\0\0\0\0\0\357' >ram.bin
"$ESPFLASH" -q load-ram --no-stub ram.bin && again && grep -c "application runs" board.log
cp ram.bin other.bin && printf '\11' | dd of=other.bin bs=1 seek=12 conv=notrunc 2>/dev/null
again
"$ESPFLASH" -q load-ram other.bin
printf '\350' | dd of=ram.bin bs=1 seek=33 conv=notrunc 2>/dev/null
"$ESPFLASH" -q load-ram -p /nowhere ram.bin
echo $?
"$ESPFLASH" -q load-ram --chip esp32 -p /nowhere "$SRC/tests/cli/flash/ram.elf"
echo $?
