# A loader whose addresses wrap reads, writes and erases nothing above 16 MiB.
try() {
	again
	"$ESPFLASH" -q "$@" >/dev/null
	echo "$*: $?"
}
printf 'above' >above.bin
board --chip esp32 --size 32MB --flash flash.bin
for stub in '' --no-stub; do
	# shellcheck disable=SC2086
	{
		try read-flash $stub 0x1000000 16 x.bin
		try write-bin $stub 0x1000000 above.bin
		try erase-region $stub 0x1000000 0x1000
		try checksum-md5 $stub 0x1000000 16
		try write-bin --force $stub 0x1001000 above.bin
	}
done
[ "$(tr -d '\377' <flash.bin | wc -c)" -eq 0 ] && echo 'nothing was written'
kill "$(cat board.pid)"
rm board.url flash.bin
board --chip esp32s3 --size 32MB --flash flash.bin
try write-bin 0x1001000 above.bin
dd if=flash.bin bs=4096 skip=4097 2>/dev/null | head -c 5
echo
try write-bin --no-stub 0x1001000 above.bin
