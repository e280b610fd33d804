# Tables that have no otadata, too little of it, a gap, or no factory app.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
board --chip esp32c3 --factory --flash flash.bin
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
printf '%s\n' 'nvs,data,nvs,0x9000,0x4000' "$factory" "$ota_0" >ota.csv
quiet flash --partition-table ota.csv "$elf"
quiet ota switch ota_0
quiet ota erase
"$ESPFLASH" -q ota && again
echo '# the other slot, which never starts'
quiet flash --partition-table ota.csv --target-app-partition ota_0 "$elf"
quiet flash --partition-table ota.csv --target-app-partition ota_0 --boot "$elf"
echo '# no factory app'
ota_table "$ota_0" "$ota_1"
quiet flash --partition-table ota.csv "$elf"
"$ESPFLASH" -q ota && again
echo '# a gap'
ota_table "$ota_0" 'ota_2,app,ota_2,0x310000,0x40000'
quiet flash --partition-table ota.csv --target-app-partition ota_2 --boot "$elf"
"$ESPFLASH" -q ota --json | grep -e '"boots"' -e '"reason"'
echo '# a table for a larger flash'
again
kill "$(cat board.pid)"
exec 9<&-
rm -f board.url flash.bin
board --chip esp32c3 --factory --size 2MB
ota_table "$ota_0" "$ota_1" 'ota_2,app,ota_2,0x310000,0x40000'
"$ESPFLASH" partition-table --to-binary -o table.bin ota.csv
quiet write-bin --force 0x8000 table.bin
quiet write-bin ota_0 app.bin
"$ESPFLASH" -q ota && again
printf '%s\n' 'nvs,data,nvs,0x9000,0x4000' "$ota_0" 'otadata,data,ota,0x300000,0x2000' >ota.csv
"$ESPFLASH" partition-table --to-binary -o table.bin ota.csv
quiet write-bin --force 0x8000 table.bin
quiet write-bin ota_0 app.bin
quiet write-bin --boot ota_0 app.bin
quiet ota
