# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2016
# What espflash's own tests on hardware do and look for. Cases in flash/ source it.
ok() { # name, condition
	if eval "$2"; then
		echo "$1: ok"
	else
		echo "$1: exit status $status"
		cat out err
	fi
}
run() {
	again
	"$ESPFLASH" "$@" >out 2>err
	status=$?
}
part() { # of file $1, from $2, $3 bytes, into $4
	dd if="$1" of="$4" bs=1 skip="$2" count="$3" 2>/dev/null
}
is_erased() {
	[ "$(tr -d '\377' <"$1" | wc -c)" -eq 0 ]
}
acceptance() { # chip, its ELF, its bootloader, a table for 8 MB
	elf=$2 boot=$3
	board --chip "$1" --flash flash.bin
	run board-info
	ok board-info 'grep -q "^Chip type:" out'
	run erase-flash
	ok erase-flash 'grep -q "Erasing Flash\.\.\." err && grep -q "Flash has been erased!" err'
	run read-flash 0 0x4000 x.bin
	ok 'all of it' '[ "$(wc -c <x.bin)" -eq 16384 ] && is_erased x.bin'
	run erase-region 0x1001 0x1000
	ok 'offset not aligned' '[ $status -eq 2 ]'
	run erase-region 0x1000 0x1001
	ok 'size not aligned' '[ $status -eq 2 ]'
	part "$boot" 0 8192 p.bin
	run write-bin --force 0x0 p.bin
	ok write-bin 'grep -q "Binary successfully written to flash!" err'
	run erase-region 0x0 0x1000
	ok erase-region 'grep -q "Erasing region at 0x00000000 (4096 bytes)" err'
	part flash.bin 0 4096 first && part flash.bin 4096 4096 second && part p.bin 4096 4096 want
	ok 'the next sector' 'is_erased first && cmp second want'
	for size in 2 5 10 26; do
		part p.bin 4096 $size want
		for stub in '' --no-stub; do
			# shellcheck disable=SC2086
			run read-flash 0x1000 $size x.bin $stub
			ok "$size bytes $stub" 'cmp x.bin want && grep -q "Flash content successfully read and written to '\''x.bin'\''!" err'
		done
	done
	run save-image --merge --skip-padding --chip "$1" --bootloader "$boot" "$elf" merged.bin
	ok 'save-image --merge' 'grep -q "Image successfully saved!" err'
	run write-bin --monitor --non-interactive --until 'Hello world!' 0x0 merged.bin
	ok 'it runs' 'grep -q "Hello world!" out'
	run save-image --chip "$1" "$elf" app.bin
	run erase-region 0x10000 0x10000
	run write-bin --monitor --non-interactive --until 'Hello world!' 0x10000 app.bin
	ok 'the app runs' 'grep -q "Hello world!" out'
	run checksum-md5 0x3ff000 0x100
	ok checksum-md5 'grep -qx 0x827f263ef9fb63d05499d14fcef32f60 out'
	run flash --bootloader "$boot" --partition-table "$4" "$elf"
	ok 'table too large' 'grep -q "espflash::partition_table::does_not_fit" err'
	for baud in 115200 921600; do
		run flash --no-skip -B $baud --monitor --non-interactive --until 'Hello world!' \
			--bootloader "$boot" "$elf"
		ok "flash at $baud" 'grep -q "Flashing has completed!" err && grep -q "Hello world!" out'
	done
	run erase-parts nvs
	ok erase-parts 'grep -q "Specified partitions successfully erased!" err'
	run reset
	ok reset 'grep -q "Resetting target device" err'
	run hold-in-reset --for 0
	ok hold-in-reset 'grep -q "Holding target device in reset" err'
}
