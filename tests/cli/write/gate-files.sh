# A file that can't be meant for its address is named and refused; nothing is written.
boot=$(corpus bootloader/idf-esp32c3.bin)
elf=$(corpus elf/esp-esp32c3.elf)
board --chip esp32c3 --flash flash.bin
try() {
	again
	"$ESPFLASH" -q write-bin "$@" >/dev/null
	echo "$*: $?"
}
printf '404: Not Found' >404.bin
printf '\n<!DOCTYPE html>\n<html></html>\n' >page.bin
printf ':020000040000FA\n:00000001FF\n' >fw.hex
printf 'UF2\nWQ]\236%0500d' 0 >fw.uf2
printf 'nvs, data, nvs, 0x9000, 0x6000\nfactory, app, factory, 0x10000, 1M\n' >partitions.csv
gzip -nc "$boot" >boot.bin.gz
cp "$elf" app.elf
cp "$boot" boot.bin
"$ESPFLASH" -q save-image --chip esp32c3 app.elf app.bin >/dev/null
"$ESPFLASH" -q save-image --chip esp32c3 --bootloader boot.bin --merge --skip-padding app.elf merged.bin >/dev/null
head -c 5000 boot.bin >cut.bin
for file in 404.bin page.bin fw.hex fw.uf2 boot.bin.gz app.elf app.bin cut.bin; do
	try 0 $file
done
try 0x8000 partitions.csv
try 0x8000 boot.bin
try 0x1000 boot.bin
try 0x10000 boot.bin
try 0x10000 merged.bin
cmp flash.bin /dev/null 2>/dev/null
[ "$(tr -d '\377' <flash.bin | wc -c)" -eq 0 ] && echo 'nothing was written'
