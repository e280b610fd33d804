# An option for one kind of files is refused beside another kind, whichever option it is.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
export ESPFLASH_PORT=/dev/nonexistent
idf_build esp32c3 0x0
cp "$(corpus elf/esp-esp32c3.elf)" app.elf
refused() {
	"$ESPFLASH" -q "$@" 2>&1 | sed -n "s/^espflash-c: error: //p"
}
# what builds an image from an ELF
for option in --min-chip-rev=0.3 --mmu-page-size=32768 --ignore-app-descriptor --erase-parts=nvs --erase-data-parts=nvs; do
	refused flash $option build
done
for option in --min-chip-rev=0.3 --mmu-page-size=32768 --ignore-app-descriptor --xtal-freq=40mhz; do
	refused save-image --merge $option build out.bin
done
# what an app gets, too
for option in --bootloader=bootloader.bin --partition-table=table.csv --partition-table-offset=0x8000 \
	--primary-bootloader-offset=0 --recovery-bootloader-offset=0x1000; do
	refused flash $option build
	refused save-image --merge $option build out.bin
	refused flash --dry-run --chip esp32c3 $option build/hello.bin
done
# the partition of the one app: everything else has its places
refused flash --target-app-partition=ota_1 build
refused save-image --merge --target-app-partition=ota_1 build out.bin
refused save-image --target-app-partition=ota_1 0x10000 app.bin out.bin
# what a build has
for option in --fill-gaps --keep-fs --environment=x; do
	refused flash $option app.elf
	refused save-image --chip esp32c3 $option app.elf out.bin
	refused verify-flash $option 0x10000 app.bin
	refused save-image --merge $option 0x10000 app.bin out.bin
done
# what goes with addresses
for option in --exact --erase-all --partition-table=table.csv --partition-table-offset=0x8000 --primary-bootloader-offset=0 \
	--recovery-bootloader-offset=0x1000; do
	refused write-bin $option build
done
refused write-bin build --encrypt-files 0 app.bin
