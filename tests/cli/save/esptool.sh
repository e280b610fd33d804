# The same bytes as esptool's merge-bin: the digests are those of what esptool 5.3.1 made of
# the same files with 'esptool --chip esp32 merge-bin', in the order below.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
cp "$(corpus bootloader/idf-esp32.bin)" bootloader.bin
idf_parts esp32
save() {
	"$ESPFLASH" -q --color never save-image --chip esp32 "$@" out >/dev/null && digest out
}
save 0x1000 bootloader.bin 0x8000 table.bin 0x10000 app.bin
save --format hex 0x1000 bootloader.bin 0x8000 table.bin 0x10000 app.bin
save --format uf2 0x1000 bootloader.bin 0x8000 table.bin 0x10000 app.bin
save -m qio -f 80mhz -s 16mb 0x10000 app.bin 0x1000 bootloader.bin
save --target-offset 0x1000 --pad-to-size 2mb 0x1000 bootloader.bin 0x8000 table.bin
# A HEX file among the files keeps its own addresses.
save --format hex 0x8000 table.bin 0x10000 app.bin && mv out app.hex
save 0x1000 bootloader.bin 0 app.hex
# esptool's own line
"$ESPFLASH" esptool.py --chip esp32 merge_bin -o out --flash_mode dio --flash_freq 40m --flash_size 4MB \
	0x1000 bootloader.bin 0x8000 table.bin 0x10000 app.bin >/dev/null && digest out
