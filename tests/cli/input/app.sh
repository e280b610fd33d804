# One app in a file goes to the slot that the chip starts, without a word about addresses.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
. "$SRC/tests/cli/ota.sh"
idf_parts esp32c3
try() {
	"$ESPFLASH" flash --no-listen "$@" app.bin 2>log >/dev/null || cat log
	grep -o 'The app goes to .*' log
	again
}
board --chip esp32c3 --flash flash.bin
echo a blank chip
try
"$ESPFLASH" -q write-bin --no-listen 0 bootloader.bin 0x8000 table.bin 0x10000 app.bin 0x110000 app.bin >/dev/null
again
echo without a record
try
"$ESPFLASH" -q ota switch ota_1 >/dev/null
again
echo ota_1 was selected
try
try --target-app-partition ota_0
try --target-app-partition storage
cat log >&2
