# Every key has the effect of its option. Relative paths start at the file's folder.
printf '%s\n' 'otadata,data,ota,,0x2000' 'one,app,ota_0,,1M' 'two,app,ota_1,,2M' >../t.csv
cp "$(corpus bootloader/idf-esp32c3.bin)" ../boot.bin
"$ESPFLASH" -q save-image --merge --skip-padding --chip esp32c3 --bootloader ../boot.bin \
	--partition-table ../t.csv --partition-table-offset 0xc000 --target-app-partition two \
	-m dout -s 8mb -f 20mhz "$(corpus elf/esp-esp32c3.elf)" want.bin || exit
printf '%s\n' 'format = "EspIdf"' 'chip = "esp32c3"' '[idf_format_args]' 'bootloader = "boot.bin"' \
	'partition_table = "t.csv"' 'partition_table_offset = 0xc000' \
	'target_app_partition = "two"' '[flash]' 'mode = "dout"' 'size = "8MB"' \
	'frequency = "20MHz"' >../espflash.toml
"$ESPFLASH" -q save-image --merge --skip-padding "$(corpus elf/esp-esp32c3.elf)" have.bin &&
	cmp have.bin want.bin && echo same
# Leaving out any one key changes the result.
for key in partition_table_offset target_app_partition mode size frequency; do
	sed "/^$key/d" ../espflash.toml >espflash.toml
	sed -i 's|"boot.bin"|"../boot.bin"|; s|"t.csv"|"../t.csv"|' espflash.toml
	"$ESPFLASH" -q save-image --merge --skip-padding "$(corpus elf/esp-esp32c3.elf)" have.bin
	cmp -s have.bin want.bin || echo "$key differs"
done
