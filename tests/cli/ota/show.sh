# Every state of otadata and of the slots. The words of the bootloader tell whether it is so.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
board --chip esp32c3 --factory --flash flash.bin
quiet flash --partition-table ota.csv "$elf"
"$ESPFLASH" -q ota && again
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
quiet write-bin ota_1 app.bin
record 0 02000000${ff20}ffffffff7437f655
"$ESPFLASH" -q ota --check && again && booted
echo '# the slot is empty: the bootloader falls back'
record 1 03000000${ff20}0200000011504aed
"$ESPFLASH" -q ota && again && booted
echo '# a wrong CRC'
record 1 03000000${ff20}0200000011504aee
record 0 02000000${ff20}030000007437f655
"$ESPFLASH" -q ota --json && again && booted
