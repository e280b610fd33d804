# A file of odd length starts at a sector. The rest of its last sector keeps its content.
tr '\0' 'U' </dev/zero | dd of=flash.bin bs=65536 count=64 iflag=fullblock 2>/dev/null
cp flash.bin want.bin
seq 1 2000 | head -c 5001 >a.bin
dd if=a.bin of=want.bin bs=4096 seek=16 conv=notrunc 2>/dev/null
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" write-bin 0x10000 a.bin && cmp flash.bin want.bin && again &&
	"$ESPFLASH" write-bin 0x10000 a.bin
