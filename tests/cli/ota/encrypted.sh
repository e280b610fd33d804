# With flash encryption the flash reads as ciphertext, which is no damaged otadata. The ESP32 has
# no security info: FLASH_CRYPT_CNT tells.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
board --chip esp32 --factory --flash flash.bin
elf=$SRC/tests/golden/image/esp32.elf
quiet flash --no-listen --partition-table ota.csv "$elf"
quiet ota
kill "$(cat board.pid)"
rm board.url
board --chip esp32 --factory --flash flash.bin --encryption development
quiet ota
quiet ota switch ota_1 --partition-table ota.csv
quiet flash --force --no-listen --partition-table ota.csv "$elf"
quiet flash --force --boot --partition-table ota.csv "$elf"
quiet erase-parts --partition-table ota.csv otadata
