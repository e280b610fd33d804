# The disk is full. For every kind of output file the exit status is 9, the error names the reason,
# and no partial result stays.
full=/dev/full
[ -c $full ] || {
	echo 'no /dev/full' >&3
	exit 77
}
board --chip esp32c3 --factory
"$ESPFLASH" -q read-mac --log-file $full
echo "log: $?"
again
"$ESPFLASH" -q read-mac --trace $full
echo "trace: $?"
again
"$ESPFLASH" -q read-mac --json --log-file $full
echo "log with JSON: $?"
again
"$ESPFLASH" -q read-mac >$full
echo "stdout: $?"
again
"$ESPFLASH" -q read-mac --json >$full
echo "stdout with JSON: $?"
again
"$ESPFLASH" -q read-flash 0 0x1000 $full
echo "read-flash: $?"
elf=$SRC/tools/sample/sample-esp32c3.elf
"$ESPFLASH" -q save-image --chip esp32c3 "$elf" $full >/dev/null
echo "save-image: $?"
printf "nvs,data,nvs,0x9000,0x6000,\nfactory,app,factory,0x10000,1M,\n" >t.csv
"$ESPFLASH" -q partition-table --to-binary -o $full t.csv
echo "partition-table: $?"
# An earlier error is still reported.
"$ESPFLASH" -q board-info --port socket://127.0.0.1:1 --log-file $full --trace $full
echo "two errors: $?"
