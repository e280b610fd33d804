# Below every error the program says what to do next.
: >empty.bin
head -c 100 /dev/zero >zero.bin
mkdir folder
try() {
	again 2>/dev/null
	"$ESPFLASH" "$@" >out 2>err </dev/null && echo "$*: no error"
	grep -q '^  hint: .' err || { echo "$*"; cat err; }
	count=$((count + 1))
}
count=0
while read -r line; do
	# shellcheck disable=SC2086
	try $line
done <<'LINES'

nonsense
help nonsense
flash
flash missing.elf
flash folder
flash zero.bin
flash empty.bin
flash --port
flash --after never missing.elf
flash --baud fast missing.elf
flash --monitor=yes missing.elf
flash --frobnicate missing.elf
flash --min-chip-rev 1 missing.elf
flash --ram --bootloader zero.bin missing.elf
save-image missing.elf x.bin
save-image --chip esp9 missing.elf x.bin
save-image --chip esp32 --skip-padding missing.elf x.bin
save-image --chip esp32 zero.bin x.bin
image-info missing.bin
image-info zero.bin
image-info empty.bin
partition-table missing.csv
partition-table zero.bin
partition-table --to-csv --to-binary zero.bin
write-bin 0x100000000 zero.bin
write-bin 0 empty.bin
write-bin 0 zero.bin 0x1000
read-flash 0 0 x.bin
read-flash 0 1 folder
read-flash 0 1 nowhere/x.bin
read-flash 0 1
erase-region 1 0x1000
erase-region 0 1
erase-parts
dump-mem 0xffffffff 2 x.bin
load-ram zero.bin
completions csh
board-info --port /dev/nowhere
board-info --port foo://bar
board-info --port socket://127.0.0.1:1
board-info --port vid:pid=here
board-info --before no-reset-no-sync
board-info --stub zero.bin
LINES
board --chip esp32c3 --factory --flash flash.bin
head -c 5000 /dev/zero >some.bin
while read -r line; do
	# shellcheck disable=SC2086
	try $line
done <<'LINES'
board-info --chip esp32
write-bin 0x3ff800 some.bin
write-bin 0 some.bin 0x1000 some.bin
write-bin nothing some.bin
verify-flash 0x1000 some.bin
verify-flash 0x3fff00 some.bin
read-flash 0x400000 1 x.bin
checksum-md5 0 0x400001
erase-region 0x3ff000 0x2000
erase-parts nothing
LINES
[ $count -gt 50 ] && echo 'each has one'
