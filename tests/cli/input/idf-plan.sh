# The plan of an ESP-IDF build, without a board.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_build esp32 0x1000
"$ESPFLASH" flash --dry-run build
"$ESPFLASH" flash --dry-run --json build/flash_args
"$ESPFLASH" flash --dry-run --chip esp32c3 build
"$ESPFLASH" flash --dry-run --bootloader x.bin build
