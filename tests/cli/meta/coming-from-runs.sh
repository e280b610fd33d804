# The command lines of docs/coming-from.md work on a board without a warning.
elf=$(corpus elf/esp-esp32c3.elf) boot=$(corpus bootloader/idf-esp32c3.bin)
board --chip esp32c3 --factory --flash flash.bin
mkdir -p build/bootloader build/partition_table
printf '%s\n' nvs,data,nvs,0x9000,0x4000 otadata,data,ota,0xd000,0x2000 \
	factory,app,factory,0x10000,1M >partitions.csv
cp partitions.csv t.csv
cp "$elf" app.elf && cp "$elf" app && cp "$elf" build/app.elf
cp "$boot" build/bootloader/bootloader.bin && cp "$boot" boot.bin
again
"$ESPFLASH" -q flash --partition-table t.csv --bootloader boot.bin app.elf >/dev/null 2>&1 || echo 'no first flash'
for line in 'partition-table --to-binary -o table.bin t.csv' 'save-image --chip esp32c3 app.elf app.bin' \
	'save-image --chip esp32c3 --merge app.elf all.bin'; do
	# shellcheck disable=SC2086
	"$ESPFLASH" -q $line >/dev/null 2>&1 || echo "$line"
done
cp table.bin pt.bin && cp table.bin build/partition_table/partition-table.bin && cp app.bin build/app.bin
printf '{"flash_files":{"0x0":"bootloader/bootloader.bin","0x8000":"partition_table/partition-table.bin","0x10000":"app.bin"}}' \
	>build/flasher_args.json
head -c 100 boot.bin >nvs.bin
count=0
# shellcheck disable=SC2016
grep -o '`espflash-c [^`]*`' "$SRC/docs/coming-from.md" | tr -d '`' | sort -u >lines
while read -r program line; do
	case $line in
	# these run until a signal, or need another board or a program for RAM
	*fw.zip* | *.pio* | 'flash BUILD'* | *@flash_args | *nuttx | *signed.bin) continue ;; # tests/cli/input has such files
	monitor* | hold-in-reset* | 'ota switch'* | *ota_1* | *--monitor* | *' -M '* | *usb-reset* | load-ram*) continue ;;
	# these need the partition table, which other command lines have erased
	erase-parts* | *nvs* | *factory* | ota* | *build/app.bin)
		again
		"$ESPFLASH" -q write-bin 0x8000 pt.bin >/dev/null 2>&1
		;;
	verify-flash*)
		again
		"$ESPFLASH" -q write-bin 0x10000 app.bin >/dev/null 2>&1
		;;
	esac
	line=$(echo "$line" | sed "s|PORT|$URL|")
	again
	# shellcheck disable=SC2086
	"$ESPFLASH" $line </dev/null >out 2>err || { echo "$program $line: $?" && cat err; }
	grep -v -e INFO -e 'the flasher stub keeps running' err && echo "$line"
	count=$((count + 1))
done <lines
[ $count -gt 40 ] && echo 'all of them'
