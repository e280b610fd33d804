# A disk that gets full and one that can't be written, for every command that writes a file: status
# 9, the reason, the old file unchanged, nothing left behind.
if [ "$(id -u)" = 0 ]; then ns='unshare -m'; else ns='unshare -rm'; fi
$ns true 2>/dev/null || { echo 'no mount namespaces here' >&3; exit 77; }
board --chip esp32c3 --factory --chatty
printf 'nvs,data,nvs,0x9000,0x6000,\nfactory,app,factory,0x10000,1M,\n' >t.csv
mkdir disk
export ELF="$SRC/tools/sample/sample-esp32c3.elf" LIB="$SRC/tests/cli/lib.sh" ESPFLASH
cat >inside <<'END'
. "$LIB"
try() {
	"$ESPFLASH" -q "$@" >out 2>err </dev/null
	echo "$1 $2: $?, $(grep -c "disk/[a-z]*': $reason" err) error, old: $(head -c 3 disk/old), $(ls disk | wc -l) files"
	again
}
mount -t tmpfs -o size=8k none disk || { echo 'no tmpfs here' >&3; exit 77; }
printf 'old' >disk/old
# one page is free; for short files not even that
reason='No space left on device'
try read-flash 0 0x40000 disk/old
try dump-mem 0x40000000 0x20000 disk/old
try save-image --chip esp32c3 "$ELF" disk/old
head -c 4096 /dev/zero >disk/filler
try partition-table --to-binary -o disk/old t.csv
try partition-table --to-csv -o disk/old t.csv
# Files that grow line by line keep the lines that were written.
reason='No space left on device'
for option in --log-file --trace; do
	"$ESPFLASH" -q read-mac $option disk/new >out 2>err
	echo "$option: $?, $(grep -c "disk/new': $reason" err) error"
	rm disk/new
	again
done
head -c 4096 /dev/zero | tr '\0' x >disk/old
"$ESPFLASH" -q monitor --non-interactive --until rst: --save-log disk/old >out 2>err
echo "--save-log: $?, $(grep -c 'disk/old\|No space' err) error, $(tr -cd x <disk/old | wc -c) old"
again
umount disk
mount -t tmpfs -o size=1m none disk
printf 'old' >disk/old
printf '[2020-01-31T' >disk/log
printf '# port ' >disk/trace
mount -o remount,ro disk
reason='Read-only file system'
echo 'read-only'
try read-flash 0 0x40000 disk/old
try dump-mem 0x40000000 0x20000 disk/old
try save-image --chip esp32c3 "$ELF" disk/old
try partition-table --to-binary -o disk/old t.csv
try partition-table --to-csv -o disk/old t.csv
try read-mac --log-file disk/log
try read-mac --trace disk/trace
"$ESPFLASH" -q monitor --non-interactive --until rst: --save-log disk/old >out 2>err
echo "--save-log: $?, $(grep -c "disk/old': $reason" err) error, old: $(cat disk/old)"
"$ESPFLASH" -q read-flash 0 16 disk/new 2>&1
ls disk
END
$ns sh ./inside
