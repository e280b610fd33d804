# A table file may be shorter than its place in flash. What it lacks is erased with its sector, so a
# chip whose flash can't be read need not be asked for it.
printf 'nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,0x10000,0x100000\n' >t.csv
"$ESPFLASH" -q partition-table --to-binary -o t.bin t.csv
"$ESPFLASH" -q save-image --chip esp32c3 "$(corpus elf/esp-esp32c3.elf)" app.bin >/dev/null
board --chip esp32c3 --secure-download --flash flash.bin
for len in 256 512 1024 2048 3072; do
	head -c $len t.bin >short.bin
	"$ESPFLASH" -q write-bin 0x8000 short.bin 0x10000 app.bin --no-listen >out 2>err
	echo "$len: $?"
	grep error err || true
	again
	dd if=flash.bin bs=4096 skip=8 count=1 2>/dev/null | head -c $len | cmp - short.bin && echo written
done
