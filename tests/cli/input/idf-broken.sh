# Builds that can't be flashed: one error each, before a port is opened.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
export ESPFLASH_PORT=/dev/nonexistent
idf_build esp32c3 0x0
args=build/flasher_args.json
cp $args good.json
broken() { # SED-PROGRAM
	sed "$1" good.json >$args
	"$ESPFLASH" -q flash build
}
broken 's|storage.bin|missing.bin|'
broken 's|storage.bin|../storage.bin|'
broken 's|"storage.bin|"/etc/hostname|'
broken 's|0x210000|0x9000|'
broken 's|0x210000|0x11000|'
broken 's|"0x210000"|"somewhere"|'
broken 's|"chip"   : "esp32c3"|"chip" : "esp32s3"|'
broken 's|"chip"   : "esp32c3"|"chip" : "esp8266"|'
broken 's|"dio"|"fast"|'
broken 's|flash_files|flash_parts|'
broken '$d'
{
	printf '{ "flash_files": {'
	seq 65536 165536 | sed 's/.*/"&": "storage.bin",/'
	printf '"0": "storage.bin" } }'
} >$args
"$ESPFLASH" -q flash build
{
	printf '{ "flash_files": {'
	seq 65536 115536 | sed 's/.*/"&":"s",/'
	printf '"0": "s" } }'
} >$args
echo s >build/s
"$ESPFLASH" -q flash build
: >build/storage.bin
cp good.json $args
"$ESPFLASH" -q flash build
mkdir empty
"$ESPFLASH" -q flash empty
printf -- '--flash_mode dio 0x0' >build/flash_args
"$ESPFLASH" -q flash build/flash_args
printf -- '--erase-all 0x0 bootloader/bootloader.bin' >build/flash_args
"$ESPFLASH" -q flash build/flash_args
printf -- '0x0 "bootloader/bootloader.bin' >build/flash_args
"$ESPFLASH" -q flash build/flash_args
# a link that leads out of the folder; one inside it is a file like others
mkdir linked
cp build/bootloader/bootloader.bin linked/real.bin
ln -s real.bin linked/boot.bin
ln -s ../build/hello.bin linked/app.bin
printf '0x0 boot.bin' >linked/flash_args
"$ESPFLASH" -q flash --dry-run linked/flash_args >/dev/null && echo 'inside: taken' >&2
printf '0x0 boot.bin 0x10000 app.bin' >linked/flash_args
"$ESPFLASH" -q flash linked/flash_args
"$ESPFLASH" -q flash --dry-run --force linked/flash_args >/dev/null && echo 'forced: taken' >&2
# a byte order mark is no part of the text
printf '\357\273\277--flash_mode dio\r\n0x0 boot.bin\r\n' >linked/flash_args
"$ESPFLASH" -q flash --dry-run linked/flash_args >/dev/null && echo 'with a mark: taken' >&2
echo '{"name": "x", "builds": []}' >linked/manifest.json
"$ESPFLASH" -q flash linked/manifest.json
