# What is saved is flashed as the build itself would be: in each form the same plan, and the same
# flash afterwards.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
cp "$(corpus bootloader/idf-esp32c3.bin)" bootloader.bin
idf_build esp32c3 0x0
"$ESPFLASH" -q save-image --merge build all.bin >/dev/null || exit 1
"$ESPFLASH" -q save-image --merge --format hex build all.hex >/dev/null || exit 1
"$ESPFLASH" -q save-image --merge --format uf2 build all.uf2 >/dev/null || exit 1
"$ESPFLASH" -q save-image --split split build >/dev/null || exit 1
"$ESPFLASH" -q save-image --openocd openocd build >/dev/null || exit 1
"$ESPFLASH" -q save-image --split again split >/dev/null || exit 1
places() { # what goes where; the names are the partitions' or the build's
	"$ESPFLASH" -q flash --dry-run "$1" | sed -n 's/^\(0x[0-9a-f]*  *[0-9,]*\)  .*/\1/p'
}
places build
for thing in all.hex all.uf2 split openocd again; do
	[ "$(places $thing)" = "$(places build)" ] || { echo "$thing:"; places $thing; }
done
echo 'merged, whose parts end with a sector:'
places all.bin
flashed() {
	used_flash 4194304
	board --chip esp32c3 --size 4MB --flash flash.bin
	"$ESPFLASH" -q flash --no-listen "$1" >/dev/null
	kill "$(cat board.pid)"
	exec 9<&-
	rm board.url board.pid
	digest flash.bin
}
want=$(flashed build)
for thing in all.bin all.hex all.uf2 split; do
	[ "$(flashed $thing)" = "$want" ] || echo "$thing: other flash"
done
# The app alone is the file that the build made, wherever it is taken from.
for thing in build all.bin all.hex all.uf2 split; do
	"$ESPFLASH" -q save-image $thing one.bin >/dev/null
	cmp one.bin app.bin
done
