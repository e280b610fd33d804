# otatool.py writes the same bytes (tests/golden/otadata); only one sector changes, and the
# bootloader follows.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
board --chip esp32c3 --factory --flash flash.bin
quiet flash --partition-table ota.csv "$elf"
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
quiet write-bin ota_0 app.bin ota_1 app.bin
# what else is in the sector stays
printf 'UUUU' | dd of=flash.bin bs=1 seek=$((0xd100)) conv=notrunc 2>/dev/null
for label in ota_1 ota_0 OTA_1; do
	quiet ota switch $label
	records
	booted
done
dd if=flash.bin bs=1 skip=$((0xd100)) count=4 2>/dev/null && echo
"$ESPFLASH" ota switch factory && again
records
booted
quiet ota switch ota_1
"$ESPFLASH" -q ota erase && again
dd if=flash.bin bs=4096 skip=13 count=2 2>/dev/null | tr -d '\377' | wc -c
