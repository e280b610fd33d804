# With flash encryption the flash reads as ciphertext, which is no damaged otadata. The ESP32 has
# no security info: FLASH_CRYPT_CNT tells (EFUSE_BLK0_RDATA0_REG, bits 20 to 26; here one bit).
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
ota_table "$factory" "$ota_0" "$ota_1"
board --chip esp32 --factory --flash flash.bin
elf=$SRC/tests/golden/image/esp32.elf
quiet flash --no-listen --partition-table ota.csv "$elf"
quiet ota
quiet write-mem --no-stub --after no-reset 0x3ff5a000 0x00100000 0x07f00000
quiet ota --before no-reset --after no-reset
quiet ota --before no-reset --after no-reset switch ota_1 --partition-table ota.csv
quiet flash --before no-reset --after no-reset --force --partition-table ota.csv "$elf"
quiet flash --before no-reset --after no-reset --force --boot --partition-table ota.csv "$elf"
quiet erase-parts --before no-reset --after no-reset --partition-table ota.csv otadata
