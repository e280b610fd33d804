# Run every command with --json, once with success and once with an error, and compare with the
# tables of docs/json.md.
command -v node >/dev/null || { echo 'no node' >&3; exit 77; }
[ -x "$ESPFLASH_FAKE" ] || { echo 'no espflash-c-fake' >&3; exit 77; }
elf=$SRC/tools/sample/sample-esp32c3.elf
runs=0
# run KIND COMMAND [ARGUMENT...]
run() {
	kind=$1 command=$2
	shift
	runs=$((runs + 1))
	"${PROGRAM:-$ESPFLASH}" -q "$@" --json >$runs.json 2>$runs.err </dev/null
	echo "$kind $command $runs.json $?" >>runs
	[ -e board.pid ] && again
}
progress() {
	command=$1
	shift
	runs=$((runs + 1))
	"$ESPFLASH" --progress json -v "$command" "$@" >/dev/null 2>$runs.json
	echo "progress $command $runs.json $?" >>runs
	again
}
board --chip esp32c3 --factory --flash flash.bin --chatty
printf '[[usb_device]]\nvid = "1234"\npid = "5678"\n' >espflash_ports.toml

run ok flash "$elf"
progress flash "$elf" --no-skip
run ok flash --no-stub --ram "$SRC/tests/cli/flash/ram.elf"
printf abc >abc
run ok write-bin 0x200000 abc 0x9000 abc
run ok write-bin --no-verify --no-skip 0x200000 abc
run fails write-bin 0 abc
printf '404: Not Found' >404
run ok write-bin 0x210000 404
run ok flash --erase-parts nvs "$elf"
printf '{"flash_files":{"0x9000":"abc"}}' >flasher_args.json
run ok flash .
run ok flash --dry-run .
run ok image-info .
run ok flash --dry-run flash.bin
run ok write-bin flash.bin
for command in board-info flash-id read-mac doctor reset run; do
	run ok $command
done
run ok reset --after no-reset
run ok hold-in-reset --for 0
run ok checksum-md5 0 0x1000
run ok read-flash nvs ALL nvs.bin
progress read-flash 0 0x1000 first.bin
run ok verify-flash 0x200000 abc
run ok verify-flash nvs nvs.bin
run ok erase-parts nvs
run ok erase-region 0x200000 0x1000
progress erase-region 0x200000 0x1000
run ok dump-mem 0x3fc90000 16 ram
run ok read-mem 0x3fc90000
run ok write-mem 0x3fc90000 1
run ok load-ram --no-stub "$SRC/tests/cli/flash/ram.elf"
run ok image-info flash.bin
run ok save-image --chip esp32c3 "$elf" app.bin
run ok save-image app.bin same.bin
run ok save-image --chip esp32c3 --split parts 0x9000 abc
run ok save-image --format hex 0x9000 abc abc.hex
run ok image-info app.bin
run ok help
run ok config
mkdir -p cores/esp32c3/bin
cp "$SRC/tests/cli/flash/ram.elf" cores/esp32c3/bin/bootloader_dio_80m.elf
run ok bootloaders import cores
run ok bootloaders
run fails bootloaders import "$elf"
printf 'nvs,data,nvs,0x9000,0x4000,\notadata,data,ota,0xd000,0x2000,\nota_0,app,ota_0,0x10000,1M,\nota_1,app,ota_1,0x110000,1M,\n' >ota.csv
run ok flash --partition-table ota.csv "$elf"
run ok ota
run ok write-bin --boot ota_1 app.bin
run ok ota switch ota_0
run ok ota erase
printf 'nvs,data,nvs,0x9000,0x6000,\nfactory,app,factory,0x10000,1M,\n' >t.csv
run ok partition-table t.csv
run ok image-info t.csv
EF_FAKE_PORTS=usb,jtag,native PROGRAM=$ESPFLASH_FAKE run ok list-ports --list-all-ports
run lines monitor --non-interactive --timeout 1
run lines flash "$elf" --monitor --non-interactive --until rst:
run ok write-bin --erase-all 0x200000 abc
run ok erase-flash

# Commands that fail.
for args in 'flash abc' 'write-bin 0x10 nowhere' 'image-info abc' 'save-image --chip esp32 app.bin x' \
	'partition-table abc' 'help nonsense' 'config --chip nonsense' 'list-ports nonsense' 'read-mem 1' 'write-mem 1 1' \
	'dump-mem 0 1 no/folder' 'load-ram abc' 'checksum-md5 nonsense ALL' 'verify-flash 0 abc 0x1000 abc' 'read-flash 0 ALL no/folder' \
	'erase-parts nonsense' 'erase-region 0x3ff000 0x2000' 'erase-flash -p socket://127.0.0.1:1' 'reset -p socket://127.0.0.1:1' \
	'run -p socket://127.0.0.1:1' 'hold-in-reset -p socket://127.0.0.1:1' 'flash-id -p /nowhere' 'read-mac -p /nowhere' \
	'ota switch ota_7' 'board-info -p /nowhere' 'monitor -p /nowhere' 'doctor -p /nowhere'; do
	# shellcheck disable=SC2086
	run fails $args
done
progress write-bin 0x1000 nowhere
# For a damaged image the object has all facts and the error.
printf '\377' | dd of=app.bin bs=1 seek=5000 conv=notrunc 2>/dev/null
run fails image-info app.bin
kill "$(cat board.pid)"
exec 9<&-
rm board.url
board --chip esp32c3 --circuit no-boot --chatty
run fails board-info --connect-attempts 1

"$ESPFLASH" help --json >help.json
# Tables of docs/json.md for facts that these files lack.
m=lines-of-monitor
NEVER_HERE="signature bootloader-descriptor $m.timestamp $m.crate $m.module $m.file $m.line" node "$SRC/tests/cli/meta/json-schema.js" "$SRC/docs/json.md" help.json runs
