# The bootloader starts another app than the one that was written.
cat >ota.csv <<'CSV'
nvs,data,nvs,0x9000,0x4000
otadata,data,ota,0xd000,0x2000
ota_0,app,ota_0,0x10000,0x180000
ota_1,app,ota_1,0x190000,0x180000
CSV
board --chip esp32c3 --factory
"$ESPFLASH" -q flash --partition-table ota.csv "$(corpus elf/esp-esp32c3.elf)"
echo $?
again
"$ESPFLASH" -q flash --partition-table ota.csv --target-app-partition ota_1 "$(corpus elf/esp-esp32c3.elf)"
echo $?
again
"$ESPFLASH" -q flash --json --partition-table ota.csv --target-app-partition ota_1 "$(corpus elf/esp-esp32c3.elf)" 2>/dev/null |
	sed -n '/"start"/,/}/p'
