# What can't be saved, and what to do instead. No file is written, and no input is replaced.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
cp "$(corpus bootloader/idf-esp32c3.bin)" bootloader.bin
idf_build esp32c3 0x0
cp -r build before
save() {
	"$ESPFLASH" -q --color never save-image "$@" >/dev/null 2>why
	echo "$? save-image $*"
	cat why
}
save build
save build a b
save 0 bootloader.bin
save 0 bootloader.bin 0x8000 --output x
save 0 bootloader.bin nonsense table.bin x
save 0 bootloader.bin 0x1000 table.bin x
save 0 missing x
save --chip esp32 0x1000 bootloader.bin x
save --chip esp32 build x
save --format uf2 0x8000 table.bin x
save --format hex app.bin x
save --merge app.bin x
save --pad-to-size 1mb 0x100000 app.bin x
save --target-offset 0x1000 0 bootloader.bin x
save --format uf2 --chunk-size 456 0 bootloader.bin x
save --skip-padding --merge --pad-to-size 4mb build x
save --bootloader bootloader.bin --merge build x
save --merge build build/hello.bin
save 0 bootloader.bin 0x10000 app.bin app.bin
save --log-file x 0 bootloader.bin x
save table.bin x
save 0x9000 table.bin 0x10000 x
[ -e x ] && echo written
diff -r before build
exit 0
