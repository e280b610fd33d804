# Files whose place can't be known, and what they look like.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
export ESPFLASH_PORT=/dev/nonexistent
idf_parts esp32c3
head -c 5000 /dev/zero >zeros.bin
printf '<!doctype html><html></html>' >page.bin
printf '{"a": 1}' >a.json
head -c 60000 app.bin >cut.bin
"$ESPFLASH" -q save-image --chip esp32 "$(corpus elf/esp-esp32.elf)" esp32.bin >/dev/null
for file in zeros.bin storage.bin otadata.bin table.bin table.csv page.bin a.json cut.bin; do
	"$ESPFLASH" -q flash $file
done
"$ESPFLASH" -q flash --chip esp32c3 esp32.bin

