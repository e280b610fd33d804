# otadata selects another slot than the one that is written: said before the write, and --boot
# is the way out. The bootloader's own words prove it.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
board --chip esp32c3 --factory --flash flash.bin
quiet flash --partition-table ota.csv "$elf"
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
quiet write-bin ota_1 app.bin
record 0 02000000${ff20}ffffffff7437f655
echo '# to factory'
"$ESPFLASH" flash --no-listen --partition-table ota.csv "$elf" && again && booted
"$ESPFLASH" flash -q --no-listen --json --partition-table ota.csv "$elf" | grep '"boots"'
again
echo '# --boot'
quiet flash --no-listen --partition-table ota.csv --boot "$elf"
booted
records
echo '# to a slot'
"$ESPFLASH" flash -q --no-listen --json --partition-table ota.csv --boot --target-app-partition ota_0 "$elf" | grep -e '"boots"' -e otadata
again
booted
records
echo '# it starts already: nothing changes'
quiet flash --no-listen --partition-table ota.csv --boot --target-app-partition ota_0 "$elf"
records
echo '# the selected slot is empty: the bootloader falls back'
quiet erase-region 0x110000 0x1000
"$ESPFLASH" flash --no-listen --partition-table ota.csv "$elf" 2>&1 | grep 'begins with'
again
booted
echo '# otadata is erased, too'
quiet write-bin ota_0 app.bin
quiet flash --no-listen --partition-table ota.csv --erase-parts otadata "$elf"
booted
