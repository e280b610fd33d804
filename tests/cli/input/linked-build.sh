# A project's build folder may be a link, for instance to a RAM disk. A part that leaves the folder
# where it leads is refused, and so is a place that others can write to.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
export ESPFLASH_PORT=/dev/nonexistent
idf_build esp32c3 0x0
mkdir ram project pio
chmod 755 ram
mv build ram/build
chmod 755 ram/build
ln -s ../ram/build project/build
plan() {
	"$ESPFLASH" -q image-info "$1" >plan && grep -c 0x plan
}
echo "ESP-IDF: $(plan project)"
# PlatformIO: the link is above the folder that is entered
idf_parts esp32c3
mkdir -p ram/pio/build/c3
chmod -R go-w ram/pio
cp bootloader.bin ram/pio/build/c3/bootloader.bin
cp table.bin ram/pio/build/c3/partitions.bin
cp app.bin ram/pio/build/c3/firmware.bin
printf '[platformio]\ndefault_envs = c3\n' >pio/platformio.ini
ln -s "$PWD/ram/pio" pio/.pio
echo "PlatformIO: $(plan pio)"
# a part in the build folder that is a link to elsewhere
mv ram/build/storage.bin ram/storage.bin
ln -s ../storage.bin ram/build/storage.bin
plan project
"$ESPFLASH" -q save-image --merge project out.bin
"$ESPFLASH" -q verify-flash project
"$ESPFLASH" -q flash --dry-run project
"$ESPFLASH" -q flash --dry-run --force project >plan && echo "forced: $(grep -c 0x plan)"
rm ram/build/storage.bin
mv ram/storage.bin ram/build
# a folder that is no link needs no trust, because the project's owner made it
chmod 777 ram/build
echo "named: $(plan ram/build)"
plan project
chmod 755 ram/build
chmod 777 ram/pio/build
plan pio
