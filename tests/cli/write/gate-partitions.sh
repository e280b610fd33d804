# Ends of partitions count by address, too; a copy of several partitions passes.
printf '%s\n' nvs,data,nvs,0x9000,0x4000 otadata,data,ota,0xd000,0x2000 phy,data,phy,0xf000,0x1000 \
	factory,app,factory,0x10000,0x10000 ota_0,app,ota_0,0x20000,1M >t.csv
board --chip esp32c3 --flash flash.bin
"$ESPFLASH" -q partition-table --to-binary -o t.bin t.csv >/dev/null
"$ESPFLASH" -q save-image --chip esp32c3 "$(corpus elf/esp-esp32c3.elf)" app.bin >/dev/null
"$ESPFLASH" -q write-bin --no-listen 0x8000 t.bin >/dev/null
try() {
	again
	"$ESPFLASH" -q write-bin --no-listen "$@" >/dev/null
	echo "$*: $?"
}
head -c 20000 /dev/zero >20000.bin
head -c 28672 /dev/zero >dump.bin
printf 'settings' >text.bin
try 0x9000 20000.bin
try 0x9000 dump.bin
try 0x10000 app.bin
try 0x20000 app.bin
try 0x9000 text.bin
try 0x10000 text.bin
try 0x3000 text.bin
try --force 0x10000 app.bin
