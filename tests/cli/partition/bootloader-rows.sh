# ESP-IDF 5.4's rows for bootloaders and tables: the options of gen_esp32part.py place them.
csv=$SRC/tests/golden/partition/recovery_rows.csv
"$ESPFLASH" partition-table --to-binary -o t.bin "$csv"
echo $?
"$ESPFLASH" partition-table --to-binary -o t.bin --primary-bootloader-offset 0x2000 "$csv"
echo $?
"$ESPFLASH" partition-table --to-binary -o t.bin --primary-bootloader-offset 0x2000 --recovery-bootloader-offset 0x3f0000 "$csv" &&
	cmp t.bin "$SRC/tests/golden/partition/recovery_rows.bin" && echo same
"$ESPFLASH" partition-table --primary-bootloader-offset 0x8000 "$csv"
echo $?
"$ESPFLASH" partition-table t.bin
# A place is looked up in such a table without asking the chip.
board --chip esp32p4 --flash flash.bin
"$ESPFLASH" -q erase-parts --partition-table "$csv" nvs
echo $?
"$ESPFLASH" -q erase-parts --partition-table "$csv" --primary-bootloader-offset 0x2000 --recovery-bootloader-offset 0x3f0000 nvs
echo $?
