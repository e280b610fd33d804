# The chip's MD5s are wrong. It is known that they don't match, but not which of the two is wrong.
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
flash_with_table ota.csv
board --chip esp32c3 --flash flash.bin --fault digest-from=1
for action in show 'switch ota_1' erase; do
	# shellcheck disable=SC2086
	"$ESPFLASH" -q ota $action >out 2>err
	echo "$action: $?"
	grep -v WARN err
	again
done
