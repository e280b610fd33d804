# A manifest of ESP Web Tools: the build of the chip, parts beside it.
# shellcheck disable=SC1091
. "$SRC/tests/cli/input.sh"
export ESPFLASH_PORT=/dev/nonexistent
idf_parts esp32c3
cat >manifest.json <<'END'
{ "name": "My firmware", "version": "2", "home_assistant_domain": "esphome", "new_install_prompt_erase": false,
  "builds": [
    { "chipFamily": "ESP32", "parts": [ { "path": "https://example.org/esp32.bin", "offset": 0 } ] },
    { "chipFamily": "ESP32-C3", "improv": false, "parts": [
      { "path": "bootloader.bin", "offset": 0 }, { "path": "table.bin", "offset": 32768 },
      { "path": "app.bin", "offset": 65536 } ] },
    { "chipFamily": "ESP8266", "parts": [ { "path": "esp8266.bin", "offset": 0 } ] } ] }
END
"$ESPFLASH" flash --dry-run --chip esp32c3 manifest.json
"$ESPFLASH" flash --dry-run manifest.json
"$ESPFLASH" flash --dry-run --chip esp32 manifest.json
"$ESPFLASH" flash --dry-run --chip esp32s3 manifest.json
flash_of 4194304 0x0 bootloader.bin 0x8000 table.bin 0x10000 app.bin
writes manifest.json esp32c3 --chip esp32c3

# the one merged file of most manifests: its padding is no content, as if the file had been named
"$ESPFLASH" -q save-image --chip esp32c3 -o 'my factory.bin' 0 bootloader.bin 0x8000 table.bin 0x10000 app.bin >/dev/null
cat >factory.json <<'END'
{ "name": "Factory", "builds": [ { "chipFamily": "ESP32-C3", "parts": [ { "path": "my%20factory.bin?v=3#x", "offset": 0 } ] } ] }
END
flash_of 4194304 0x0 bootloader.bin 0x8000 table.bin 0xd000 otadata.bin 0x10000 app.bin
writes factory.json esp32c3
export ESPFLASH_PORT=/dev/nonexistent
for path in %2e%2e/app.bin app%00.bin 'app.bin%4'; do
	sed "s|my%20factory.bin?v=3#x|$path|" factory.json >bad.json
	"$ESPFLASH" flash --dry-run bad.json
done
