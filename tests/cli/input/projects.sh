# Folders of projects: which of their builds is meant. PlatformIO with ESP-IDF's lists beside its own
# files, defaults that are comments or on other lines, a sketch with the folders of arduino-cli
# --export-binaries, ESPHome's configuration, and archives of these.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_parts esp32c3
export ESPFLASH_PORT=/dev/nonexistent
pio() { # FOLDER
	mkdir -p "$1"
	cp bootloader.bin "$1/bootloader.bin"
	cp table.bin "$1/partitions.bin"
	cp app.bin "$1/firmware.bin"
}
sketch() { # FOLDER NAME
	mkdir -p "$1"
	cp bootloader.bin "$1/$2.ino.bootloader.bin"
	cp table.bin "$1/$2.ino.partitions.bin"
	cp app.bin "$1/$2.ino.bin"
}
# What is chosen: the folder of the ELF.
chosen() {
	"$ESPFLASH" flash --dry-run "$@" >out && sed -n 's/^ELF: *//p' out
}
for env in a b; do
	pio p/.pio/build/$env
	cp "$elf" p/.pio/build/$env/firmware.elf
done
printf '; default_envs = a\n[env:x]\ndefault_envs = a\n[platformio]\n# default_envs = a\ndefault_envs =\n    b\n    a\n' >p/platformio.ini
chosen p
printf '[platformio]\ndefault_envs: a, b ; both\n' >p/platformio.ini
chosen p
chosen --environment b p
# shellcheck disable=SC2016
printf '[platformio]\ndefault_envs = ${sysenv.ENV}\n' >p/platformio.ini
chosen p
printf '[platformio]\ndefault_envs_x = a\n[env:a]\n' >p/platformio.ini
chosen p
tar --sort=name -cf p.tar p
chosen p.tar
rm -r p/.pio/build/a
tar czf p.tgz p
"$ESPFLASH" flash --dry-run p.tgz | head -n 2

# CMake's lists name files that PlatformIO doesn't make
echo '{"flash_files": {"0x0": "bootloader/bootloader.bin"}}' >p/.pio/build/b/flasher_args.json
echo '0x0 bootloader/bootloader.bin' >p/.pio/build/b/flash_args
chosen p/.pio/build/b

sketch 'my sketch/build/esp32.esp32.esp32c3' 'my sketch'
cp "$elf" 'my sketch/build/esp32.esp32.esp32c3/my sketch.ino.elf'
: >'my sketch/my sketch.ino'
chosen 'my sketch'
sketch 'my sketch/build/esp32.esp32.esp32s3' 'my sketch'
chosen 'my sketch'
chosen --environment esp32.esp32.esp32c3 'my sketch'
sketch both one
sketch both two
chosen both

pio home/.esphome/build/plug/.pioenvs/plug
cp "$elf" home/.esphome/build/plug/.pioenvs/plug/firmware.elf
printf '[platformio]\nbuild_dir = .pioenvs\n' >home/.esphome/build/plug/platformio.ini
chosen home
chosen home/.esphome/build/plug
mkdir -p home/.esphome/build/lamp
chosen home
chosen --environment plug home

# a folder with nothing but esptool's arguments
mkdir release
cp bootloader.bin app.bin release
echo '--flash_mode dio 0x0 bootloader.bin 0x10000 app.bin' >release/download.config
"$ESPFLASH" flash --dry-run release
