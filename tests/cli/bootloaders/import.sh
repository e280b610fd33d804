# A core of Arduino, taken into the collection: the ELFs become images, octal flash is left out, and
# doing it again changes nothing.
core=packages/esp32/tools/esp32-arduino-libs/idf-5.3/esp32c3
mkdir -p $core/bin
for variant in dio_40m qio_80m opi_80m; do
	cp "$SRC/tests/cli/flash/ram.elf" $core/bin/bootloader_$variant.elf
done
"$ESPFLASH" bootloaders list
umask 0
"$ESPFLASH" bootloaders import packages
echo "status $?"
umask 022
for file in "$HOME"/.local/share/espflash-c/bootloaders/*; do
	stat -c '%A %n' "$file" | sed 's|/.*/||'
done
"$ESPFLASH" -q bootloaders import packages 2>/dev/null
"$ESPFLASH" bootloaders --chip esp32c3
"$ESPFLASH" bootloaders --chip esp32s3
"$ESPFLASH" bootloaders export --chip esp32c3 boot.bin
"$ESPFLASH" image-info boot.bin | sed -n '/Flash/p;/digest/p'
"$ESPFLASH" -q bootloaders export --chip esp32c3 - | cmp - boot.bin
