# Without --merge the app is saved, of whatever has one; with several, one is chosen.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
cp "$(corpus bootloader/idf-esp32.bin)" bootloader.bin
idf_parts esp32
"$ESPFLASH" save-image --pad-to-size 4mb --chip esp32 0x1000 bootloader.bin 0x8000 table.bin 0x10000 app.bin 0x110000 app.bin two.bin
"$ESPFLASH" save-image two.bin x
"$ESPFLASH" save-image --target-app-partition ota_1 two.bin one.bin && cmp one.bin app.bin
"$ESPFLASH" save-image --target-app-partition ota_7 two.bin x
"$ESPFLASH" -q save-image --format hex --target-app-partition ota_1 two.bin one.hex && head -n 2 one.hex
"$ESPFLASH" -q save-image app.bin - | cmp - app.bin
"$ESPFLASH" -q save-image app.bin -o same.bin --json
# The names in an archive are not those of files here: a file may be called the same.
mkdir zipped && mv app.bin zipped && (cd zipped && cmake -E tar cf ../app.zip --format=zip app.bin)
echo old >app.bin
"$ESPFLASH" -q save-image app.zip app.bin >/dev/null && cmp app.bin zipped/app.bin
"$ESPFLASH" -q save-image app.zip app.zip
