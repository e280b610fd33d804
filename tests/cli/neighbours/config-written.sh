# No output becomes a configuration that the next run reads, under any name that one may have.
cp "$SRC/tools/sample/sample-esp32c3.elf" app.elf
"$ESPFLASH" -q save-image --chip esp32c3 app.elf app.bin
printf 'nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,,1M\n' >table.csv
mkdir sub
ln -s espflash.toml link
: >before && find . >before
try() {
	"$ESPFLASH" "$@" 2>&1 | grep -v ' INFO '
	find . | cmp before - || echo "new files by: $*"
}
try image-info app.bin --log-file espflash.toml
try image-info app.bin --log-file sub/espflash.toml
try image-info app.bin --log-file link
try image-info app.bin --log-file espflash_ports.toml
try image-info app.bin --log-file ESPFLASH.TOML
try board-info --trace esptool.cfg -p socket://127.0.0.1:1
try monitor --save-log setup.cfg -p socket://127.0.0.1:1
try read-flash 0 0x1000 tox.ini -p socket://127.0.0.1:1
try save-image --chip esp32c3 app.elf espflash.toml
try partition-table --to-csv table.csv -o ./espflash_ports.toml
# as inputs these names are fine
cp app.bin espflash_ports.toml.bin
"$ESPFLASH" image-info espflash_ports.toml.bin --log-file espflash.toml.log >out && wc -l <espflash.toml.log
