# What can't be imported, and what the command line lacks.
try() {
	echo "-- $*" >&2
	"$ESPFLASH" bootloaders "$@"
	echo "status $?" >&2
}
elf=$SRC/tools/sample/sample-esp32c3.elf
try import
try import nowhere
try import "$elf"
"$ESPFLASH" -q save-image --chip esp32c3 "$elf" app.bin >out
try import app.bin
printf 'hello' >text.bin
try import text.bin
mkdir empty
try import empty
try list text.bin
try export --chip esp32c3
try export boot.bin
try export --chip esp32s31 boot.bin
ls boot.bin 2>&1
# an ELF of a chip that needs to know its revisions, and one of no known chip
mkdir -p esp32p4/bin x
cp "$SRC/tests/cli/flash/ram.elf" esp32p4/bin/bootloader_dio_80m.elf
try import esp32p4/bin/bootloader_dio_80m.elf
cp "$SRC/tests/cli/flash/ram.elf" x/bootloader.elf
try import x/bootloader.elf
