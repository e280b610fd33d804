# An app that did not confirm itself: with rollback the bootloader takes it back. Both kinds
# of bootloader are tried.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
start() {
	board --chip esp32c3 --factory --flash flash.bin "$@"
}
stop() {
	kill "$(cat board.pid)"
	exec 9<&-
	rm -f board.url
}
start
quiet flash --partition-table ota.csv "$elf"
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
quiet write-bin ota_0 app.bin ota_1 app.bin
record 0 01000000${ff20}010000009a984347
"$ESPFLASH" -q ota && again
"$ESPFLASH" -q ota --json | grep '"boots'
again
quiet write-bin ota_0 app.bin
stop
cp flash.bin same.bin
start --rollback
booted
records
stop
cp same.bin flash.bin
start
booted
echo '# a switch leaves nothing to chance'
quiet ota switch ota_0
records
