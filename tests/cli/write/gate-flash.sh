# A file that has its own addresses is refused at one; the command in the hint writes all of it.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
for tool in objcopy cmake xz; do
	command -v $tool >/dev/null || { echo "no $tool" >&3; exit 77; }
done
idf_build esp32c3 0x0
cp build/flasher_args.json .
"$ESPFLASH" -q save-image --merge --skip-padding --chip esp32c3 build fw.bin >/dev/null
for format in hex uf2; do
	"$ESPFLASH" -q save-image --merge --format $format --chip esp32c3 build fw.$format >/dev/null
done
gzip -c fw.bin >fw.bin.gz
cmake -E tar cf fw.zip --format=zip build
objcopy -I ihex -O srec fw.hex fw.srec
xz -k fw.bin
(cd build && cp -r ./* ..)
set_header bootloader.bin 040 # 4MB, 40m
flash_of 4194304 0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin 0x210000 storage.bin

# follow THING: writes what the hint for THING at address 0 says
follow() {
	"$ESPFLASH" -q write-bin 0 "$1" >/dev/null 2>refused
	status=$?
	cat refused >&2
	again
	kill "$(cat board.pid)"
	rm board.url
	[ $status -eq 6 ] || echo "write-bin 0 $1: $status"
	used_flash 4194304
	board --chip esp32c3 --flash flash.bin
	for word in $(grep -o 'espflash-c flash [^ ;]*' refused | head -1); do
		named=$word
	done
	! grep -q 'objcopy' refused || objcopy -I srec -O ihex "$1" "$named"
	"$ESPFLASH" -q flash --after no-reset-no-stub "${2:-$named}" >/dev/null && cmp flash.bin want.bin &&
		echo "$1: right"
	again
}
used_flash 4194304
board --chip esp32c3 --flash flash.bin
for thing in fw.hex fw.uf2 fw.bin.gz fw.zip flasher_args.json fw.srec; do
	follow $thing
done
follow fw.bin.xz fw.bin
