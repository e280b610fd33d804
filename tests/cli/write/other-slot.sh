# An app by the name of its slot, by its address, and in a merged file: said, and --boot.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
board --chip esp32c3 --factory --flash flash.bin
quiet flash --partition-table ota.csv "$elf"
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
quiet write-bin ota_0 app.bin
quiet write-bin --boot ota_0 app.bin
records
quiet write-bin 0x210000 app.bin
"$ESPFLASH" write-bin -q --json --boot 0x210000 app.bin | grep -e '"boots"' -e '"otadata"'
again
booted
echo '# everything but otadata'
dd if=flash.bin of=merged.bin bs=65536 count=4 2>/dev/null
dd if=merged.bin of=start.bin bs=4096 count=9 2>/dev/null
dd if=merged.bin of=end.bin bs=65536 skip=1 2>/dev/null
quiet write-bin 0 start.bin 0x10000 end.bin
echo '# otadata comes with it'
erased blank.bin 8192
quiet write-bin 0x10000 app.bin otadata blank.bin
quiet write-bin --boot nvs app.bin
quiet write-bin --boot ota_0 app.bin ota_1 app.bin
quiet write-bin --erase-all 0 start.bin 0x10000 end.bin
