# One downloaded file: merged for address 0 or for the boot address of the chip. What is blank in
# it stays in flash (NVS, the other slot, the file system), but blank otadata is written.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
# merge FILE SKIP: the parts at their addresses, FF between them, without the first SKIP bytes.
merge() {
	head -c 4194304 /dev/zero | tr '\0' '\377' >all.bin
	for part in $3:bootloader 0x8000:table 0x10000:app; do
		dd if="${part#*:}.bin" of=all.bin bs=4096 seek=$((${part%:*} / 4096)) conv=notrunc 2>/dev/null
	done
	tail -c +$(($2 + 1)) all.bin >"$1"
}
try() { # CHIP FILE [OPTION]...
	used_flash 4194304
	board --chip "$1" --flash flash.bin
	shift
	"$ESPFLASH" flash --after no-reset-no-stub "$@" 2>log >/dev/null || cat log
	grep -h blank log
	cmp flash.bin want.bin && echo "$*: right"
	again
	kill "$(cat board.pid)"
	rm board.url
}
idf_parts esp32c3
merge factory.bin 0 0x0
flash_of 4194304 0x0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
try esp32c3 factory.bin
head -c 1048576 factory.bin >short.bin
try esp32c3 short.bin
flash_of 4194304 0x0 factory.bin
try esp32c3 factory.bin --fill-gaps
dd if=storage.bin of=factory.bin bs=4096 seek=528 conv=notrunc 2>/dev/null
flash_of 4194304 0x0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin 0x210000 storage.bin
try esp32c3 factory.bin
flash_of 4194304 0x0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
try esp32c3 factory.bin --keep-fs
idf_parts esp32
merge micropython.bin 4096 0x1000
flash_of 4194304 0x1000 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
try esp32 micropython.bin
"$ESPFLASH" flash --dry-run micropython.bin
