board --chip esp32c3
"$ESPFLASH" -q write-mem --json --after no-reset-no-stub 0x3fcb0000 7 0xff && again &&
	"$ESPFLASH" -q read-mem --json --before no-reset 0x3fcb0000 2>/dev/null && again &&
	"$ESPFLASH" -q dump-mem --json 0x40001000 16 out.bin
