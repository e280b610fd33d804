# What Arduino and PlatformIO leave: the build folder, or the project with its default environment.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_parts esp32c3
env=project/.pio/build/c3
mkdir -p $env project/.pio/build/other sketch
cp bootloader.bin $env/bootloader.bin
cp table.bin $env/partitions.bin
cp app.bin $env/firmware.bin
cp "$elf" $env/firmware.elf
printf '[platformio]\ndefault_envs = c3, other\n\n[env:c3]\nboard = x\n' >project/platformio.ini
cp bootloader.bin sketch/blink.ino.bootloader.bin
cp table.bin sketch/blink.ino.partitions.bin
cp app.bin sketch/blink.ino.bin
cp app.bin sketch/blink.ino.merged.bin
flash_of 4194304 0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
try() {
	used_flash 4194304
	board --chip esp32c3 --flash flash.bin
	"$ESPFLASH" -q flash --after no-reset-no-stub "$@" >/dev/null && cmp flash.bin want.bin && echo "$*: right"
	again
	kill "$(cat board.pid)"
	rm board.url
}
try $env
try project
try sketch
# the framework's file, if it is there: a record for ota_0
{
	printf '\001\0\0\0'
	head -c 24 otadata.bin
	printf '\232\230\103\107'
	head -c 8160 otadata.bin
} >sketch/boot_app0.bin
flash_of 4194304 0 bootloader.bin 0x8000 table.bin 0xd000 sketch/boot_app0.bin 0x10000 app.bin
try sketch
export ESPFLASH_PORT=/dev/nonexistent
"$ESPFLASH" flash --dry-run project
"$ESPFLASH" flash --dry-run --environment other project
rm project/platformio.ini
"$ESPFLASH" flash --dry-run project
: >project/platformio.ini
"$ESPFLASH" flash --dry-run project
rm $env/firmware.bin
"$ESPFLASH" flash --dry-run --environment c3 project
"$ESPFLASH" flash --dry-run --environment ../../../sketch project
