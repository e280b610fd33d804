# An ESP-IDF build: the folder, the project's folder and each of its files lead to the same flash,
# with otadata and data images, as esptool makes it from the same arguments. No reset: the
# bootloader would change otadata.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_build esp32c3 0x0
set_header bootloader.bin 040 # 4MB, 40m
flash_of 4194304 0x0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin 0x210000 storage.bin
for thing in build . build/flasher_args.json build/flash_args @build/flash_args \
	build/project_description.json; do
	used_flash 4194304
	board --chip esp32c3 --flash flash.bin
	"$ESPFLASH" -q flash --after no-reset-no-stub "$thing" >/dev/null && cmp flash.bin want.bin && echo "$thing: right"
	again
	kill "$(cat board.pid)"
	rm board.url
done
