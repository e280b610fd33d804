# In secure download mode nothing can be read, and that is said.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
board --chip esp32c6 --secure-download --factory --flash flash.bin
elf=$SRC/tests/golden/image/esp32c6.elf
quiet ota
quiet ota switch ota_1 --partition-table ota.csv
"$ESPFLASH" flash -q --no-listen --partition-table ota.csv "$elf" >/dev/null
again
"$ESPFLASH" flash -q --boot --partition-table ota.csv "$elf" >/dev/null
echo $?
again
"$ESPFLASH" flash -q --no-listen --json --partition-table ota.csv "$elf" 2>/dev/null | grep '"boots"'
again
quiet erase-parts --partition-table ota.csv otadata
