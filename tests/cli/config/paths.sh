# A bootloader's and a table's path in a file of the folder above: as espflash takes it, from the
# current folder; else from the file's. Who gave it is said, also when it is wrong.
elf=$SRC/tools/sample/sample-esp32c3.elf
mkdir -p ws/fw
printf '%s\n' '[idf_format_args]' 'partition_table = "other.csv"' >ws/espflash.toml
printf '%s\n' 'nvs,data,nvs,0x9000,0x6000' 'factory,app,factory,0x10000,1M' >here.csv
printf '%s\n' 'nvs,data,nvs,0x9000,0x6000' 'factory,app,factory,0x20000,2M' >there.csv
cd ws/fw || exit
save() {
	"$ESPFLASH" save-image --chip esp32c3 "$@" "$elf" out.bin 2>&1 >/dev/null | grep -v 'Image success'
}
echo 'neither'
save
"$ESPFLASH" save-image --chip esp32c3 "$elf" out.bin >/dev/null 2>&1
echo "status $?"
"$ESPFLASH" erase-parts nvs --port /nonexistent
echo 'beside the file'
cp ../../there.csv ../other.csv
save
echo 'both'
cp ../../here.csv other.csv
save
"$ESPFLASH" config | grep other.csv
echo 'an option'
save --partition-table ../other.csv
echo 'a bad one'
echo nonsense >other.csv
save
