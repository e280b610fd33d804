# A collection has several bootloaders for one chip. The lowest revision on which the program runs
# decides.
elf=$SRC/tools/sample/sample-esp32c3.elf
dir=$HOME/.local/share/espflash-c/bootloaders
mkdir -p "$dir" core/esp32c3/bin
# Any program for RAM has the form of a bootloader.
cp "$SRC/tests/cli/flash/ram.elf" core/esp32c3/bin/bootloader_dio_80m.elf
"$ESPFLASH" -q bootloaders import core
mv "$dir"/esp32c3-*.bin boot.bin
for major in 0 1 3; do
	cp boot.bin "$dir/esp32c3-v$major-bootloader.bin"
done
for revision in 0.0 1.2 2.9 3.0; do
	"$ESPFLASH" save-image --chip esp32c3 --merge --min-chip-rev $revision "$elf" flash.bin >app.out 2>log
	grep -o 'esp32c3-v.*bin\|error.*' log
done
