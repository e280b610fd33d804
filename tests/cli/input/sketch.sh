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
# the framework's file: a record for ota_0
{
	printf '\001\0\0\0'
	head -c 24 otadata.bin
	printf '\232\230\103\107'
	head -c 8160 otadata.bin
} >boot_app0.bin
cp bootloader.bin 4mb.bin
set_header 4mb.bin 040 # PlatformIO's upload finds the size
flash_of 4194304 0 4mb.bin 0x8000 table.bin 0xd000 boot_app0.bin 0x10000 app.bin
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
flash_of 4194304 0 bootloader.bin 0x8000 table.bin 0xd000 boot_app0.bin 0x10000 app.bin
try sketch
cp boot_app0.bin sketch
try sketch
# PlatformIO's list has the addresses, and the paths of the machine that built it
cat >$env/idedata.json <<END
{"prog_path": "C:\\\\work\\\\project\\\\.pio\\\\build\\\\c3\\\\firmware.elf", "extra": {"flash_images": [
 {"offset": "0x0000", "path": "C:\\\\work\\\\project\\\\.pio\\\\build\\\\c3\\\\bootloader.bin"},
 {"offset": "0x8000", "path": "C:\\\\work\\\\project\\\\.pio\\\\build\\\\c3\\\\partitions.bin"},
 {"offset": "0xe000", "path": "C:\\\\Users\\\\x\\\\.platformio\\\\packages\\\\framework-arduinoespressif32\\\\tools\\\\partitions\\\\boot_app0.bin"}],
 "application_offset": "0x20000"}}
END
printf '%s\n' 'nvs,data,nvs,0x9000,0x5000' 'otadata,data,ota,0xe000,0x2000' \
	'app0,app,ota_0,0x20000,0x100000' 'app1,app,ota_1,0x120000,0x100000' >pio.csv
"$ESPFLASH" -q partition-table --to-binary -o $env/partitions.bin pio.csv
flash_of 4194304 0 4mb.bin 0x8000 $env/partitions.bin 0xe000 boot_app0.bin 0x20000 app.bin
try $env
cat >$env/idedata.json <<END
{"extra": {"flash_images": [{"offset": "0x0000", "path": "bootloader.bin"}, {"offset": "0x290000", "path": "/home/x/data.bin"}]}}
END
ESPFLASH_PORT=/dev/nonexistent "$ESPFLASH" flash --dry-run $env
echo '{"extra": {"flash_images": [{"offset": -1, "path": "bootloader.bin"}]}}' >$env/idedata.json
ESPFLASH_PORT=/dev/nonexistent "$ESPFLASH" flash --dry-run $env
# ESP-IDF's framework makes otadata of its own
rm $env/idedata.json
cp table.bin $env/partitions.bin
cp otadata.bin $env/ota_data_initial.bin
flash_of 4194304 0 4mb.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
try $env
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
