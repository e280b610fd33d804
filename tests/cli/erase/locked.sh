# What a chip with burnt locks may need to start ever again is not erased.
try() {
	again
	"$ESPFLASH" -q "$@" >/dev/null
	echo "$*: $?"
}
printf '%s\n' nvs,data,nvs,0x9000,0x4000 factory,app,factory,0x10000,1M >t.csv
board --chip esp32s3 --secure-boot --flash flash.bin
try erase-flash
try erase-region 0 0x1000
try erase-parts --partition-table t.csv factory
try erase-parts --partition-table t.csv nvs
try erase-flash --force
kill "$(cat board.pid)"
rm board.url
board --chip esp32 --encryption release --flash flash.bin
printf 'settings' >text.bin
try erase-flash
try write-bin 0x10000 text.bin
try write-bin --partition-table t.csv nvs text.bin
