# Mongoose OS: fw.zip and its manifest.json beside the parts. Parts without a file are filled,
# names of partitions become addresses, sums are compared.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
idf_parts esp32
mkdir app-1.0
cp bootloader.bin app-1.0/boot.bin
cp table.bin app-1.0/pt.bin
cp app.bin app-1.0/app.bin
cp storage.bin app-1.0/fs.bin
sum() {
	"$1sum" "app-1.0/$2.bin" | cut -d' ' -f1
}
# The form of mos create-fw-bundle; names and types are those of the ESP32 Makefile.
cat >app-1.0/manifest.json <<END
{ "name": "app", "platform": "esp32", "description": "an app", "version": "1.0",
  "build_id": "20230101-000000/???", "build_timestamp": "2023-01-01T00:00:00Z",
  "parts": {
    "boot": { "addr": 4096, "cs_sha1": "$(sum sha1 boot)", "cs_sha256": "$(sum sha256 boot)",
              "encrypt": true, "src": "boot.bin", "type": "boot", "update": false },
    "pt": { "addr": 32768, "cs_sha1": "$(sum sha1 pt)", "encrypt": true, "src": "pt.bin", "type": "pt" },
    "nvs": { "addr": 36864, "encrypt": false, "fill": 255, "size": 16384, "type": "nvs" },
    "otadata": { "addr": "0xd000", "fill": 255, "size": "0x2000", "type": "otadata", "encrypt": true },
    "app": { "addr": 65536, "ptn": "ota_0", "cs_sha256": "$(sum sha256 app)", "src": "app.bin", "type": "app" },
    "fs": { "cs_sha1": "$(sum sha1 fs)", "fs_size": 65536, "ptn": "storage", "src": "fs.bin", "type": "fs" }
  } }
END
cmake -E tar cf fw.zip --format=zip app-1.0
(cd app-1.0 && cmake -E tar cf ../flat.zip --format=zip ./*)
head -c 16384 /dev/zero | tr '\0' '\377' >nvs.bin
# mos writes dio, 80m and the flash's size into the header (common.go, flash.go: writeImages)
printf '\2' | dd of=bootloader.bin bs=1 seek=2 conv=notrunc 2>/dev/null
set_header bootloader.bin 057
try() {
	used_flash 4194304
	board --chip esp32 --flash flash.bin
	"$ESPFLASH" -q flash --after no-reset-no-stub "$@" >/dev/null && cmp flash.bin want.bin && echo "$*: right"
	again
	kill "$(cat board.pid)"
	rm board.url
}
flash_of 4194304 0x1000 bootloader.bin 0x8000 table.bin 0x9000 nvs.bin 0xd000 otadata.bin 0x10000 app.bin \
	0x210000 storage.bin
for thing in fw.zip flat.zip app-1.0 app-1.0/manifest.json; do
	try $thing
done
flash_of 4194304 0x1000 bootloader.bin 0x8000 table.bin 0x9000 nvs.bin 0xd000 otadata.bin 0x10000 app.bin
try --keep-fs fw.zip
"$ESPFLASH" flash --dry-run fw.zip
"$ESPFLASH" image-info fw.zip | head -n 1

export ESPFLASH_PORT=/dev/nonexistent
cp app-1.0/manifest.json good.json
broken() { # SED-PROGRAM
	sed "$1" good.json >app-1.0/manifest.json
	"$ESPFLASH" -q flash app-1.0
}
broken 's/"cs_sha1": "..../"cs_sha1": "0000/'
broken 's/"cs_sha256": "..../"cs_sha256": "0000/'
broken 's/"platform": "esp32"/"platform": "esp8266"/; /"fs": /s/"ptn": "storage"/"addr": 2097152/'
broken 's/"platform": "esp32"/"platform": "esp32c3"/'
broken 's|"src": "fs.bin"|"src": "../fs.bin"|'
broken 's|"src": "fs.bin"|"src": "no.bin"|'
broken 's/"ptn": "storage"/"ptn": "fs_9"/'
broken 's/"addr": "0xd000"/"addr": "0x9000"/'
broken 's/"fill": 255, "size": "0x2000", //'
broken 's/"size": "0x2000"/"size": "0xfffffff0"/'
