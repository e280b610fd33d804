# What can't be switched to, and why.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
for args in 'switch' 'show ota_1' 'erase ota_1' 'erase --force' 'switch a --check' 'boot ota_1'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" ota -p /nowhere $args
done
ota_table "$factory" "$ota_0" "$ota_1" 'test,app,test,0x310000,0x40000'
board --chip esp32c3 --factory --flash flash.bin
quiet flash --partition-table ota.csv "$elf"
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
quiet write-bin ota_0 app.bin ota_1 app.bin
printf 'x' | dd of=flash.bin bs=1 seek=$((0x210400)) conv=notrunc 2>/dev/null
printf '\014' | dd of=flash.bin bs=1 seek=$((0x11000c)) conv=notrunc 2>/dev/null
for label in ota_0 ota_1 ota_2 nvs test; do
	quiet ota switch $label
done
records
echo '# all the same'
quiet ota switch --force ota_1
records
# A test of the whole app tells more than its first bytes.
"$ESPFLASH" -q ota --check && again && booted
