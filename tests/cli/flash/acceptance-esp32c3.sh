# shellcheck disable=SC1091
. "$SRC/tests/cli/acceptance.sh"
acceptance esp32c3 "$(corpus elf/esp-esp32c3.elf)" "$(corpus bootloader/idf-esp32c3.bin)" \
	"$(corpus partitions/partitions-8MB.csv)"
