# shellcheck disable=SC1091
. "$SRC/tests/cli/acceptance.sh"
acceptance esp32 "$(corpus elf/esp-esp32.elf)" "$(corpus bootloader/idf-esp32.bin)" \
	"$(corpus partitions/partitions-8MB.csv)"
