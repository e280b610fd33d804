# --json counts the flash sectors that a write covers, and those that it wrote.
counts() {
	"$ESPFLASH" "$@" --json >out 2>/dev/null
	echo "$1: $(sed -n 's/^\t"written_sectors":\t\([0-9]*\).*/\1/p' out) of $(sed -n 's/^\t"sectors":\t\([0-9]*\).*/\1/p' out)"
	again
}
board --chip esp32c3 --factory --flash flash.bin
{ echo content && head -c 65000 "$ESPFLASH"; } >data # 16 sectors, the last in part
{ echo contenT && head -c 65000 "$ESPFLASH"; } >edited
counts write-bin 0x200000 data
counts write-bin 0x200000 data
counts write-bin 0x200000 edited
counts write-bin --no-skip 0x200000 data
counts write-bin 0x200000 data 0x300000 data
counts write-bin --no-stub 0x310000 data
counts flash "$SRC/tools/sample/sample-esp32c3.elf"
counts flash "$SRC/tools/sample/sample-esp32c3.elf"
