# The apps are rows 19 and 20 of the table: the check before a write finds them all the same.
# shellcheck disable=SC1091,SC2154
. "$SRC/tests/cli/ota.sh"
printf '%s\n' 'nvs,data,nvs,0x9000,0x4000' 'otadata,data,ota,0xd000,0x2000' >ota.csv
at=$((0x10000))
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	printf 'data%s,data,undefined,0x%x,0x1000\n' $n $at >>ota.csv
	at=$((at + 4096))
done
printf '%s\n' "$ota_0" "$ota_1" >>ota.csv
board --chip esp32c3 --factory --flash flash.bin
quiet flash --partition-table ota.csv "$elf"
"$ESPFLASH" save-image -q --chip esp32c3 "$elf" app.bin >/dev/null
echo '# to the other slot, by its address'
"$ESPFLASH" write-bin -q --no-listen 0x210000 app.bin
again
echo '# with four rows'
sed -i '/^data[0-9]*,/d' ota.csv
"$ESPFLASH" partition-table --to-binary ota.csv -o table.bin
quiet write-bin 0x8000 table.bin
"$ESPFLASH" write-bin -q --no-listen 0x210000 app.bin
