# A collection has several bootloaders for one chip. The lowest revision on which the program runs
# decides.
elf=$SRC/tests/golden/image/one-page.elf
dir=$HOME/.local/share/espflash-c/bootloaders
mkdir -p "$dir"
# In this test any image for the chip serves as a bootloader.
"$ESPFLASH" -q save-image --chip esp32c6 "$elf" app.bin >app.out
for major in 0 1 3; do
	dd if=app.bin of="$dir/esp32c6-v$major-bootloader.bin" 2>/dev/null
done
for revision in 0.0 1.2 2.9 3.0; do
	"$ESPFLASH" save-image --chip esp32c6 --merge --min-chip-rev $revision "$elf" flash.bin >app.out 2>log
	grep -o 'esp32c6-v.*bin\|error.*' log
done
