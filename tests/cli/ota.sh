# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# Boards with several app partitions. Cases in ota/, flash/ and write/ source it.
elf=$SRC/tools/sample/sample-esp32c3.elf

# ota_table [ROW...]: ota.csv, with these rows behind otadata.
ota_table() {
	printf '%s\n' 'nvs,data,nvs,0x9000,0x4000' 'otadata,data,ota,0xd000,0x2000' "$@" >ota.csv
}
factory='factory,app,factory,0x10000,0x100000'
ota_0='ota_0,app,ota_0,0x110000,0x100000'
ota_1='ota_1,app,ota_1,0x210000,0x100000'

# record SECTOR HEX: 32 bytes into the first (0) or second (1) sector of otadata.
# CRCs are those of otatool.py: 1 9a984347, 2 7437f655, 3 11504aed, 4 a8689d70.
record() {
	for byte in $(printf '%s' "$2" | sed 's/../ 0x&/g'); do
		printf "\\$(printf '%03o' "$byte")"
	done | dd of=flash.bin bs=4096 seek=$((13 + $1)) conv=notrunc 2>/dev/null
}
ff20=ffffffffffffffffffffffffffffffffffffffff

# records: both records of otadata, as hexadecimal.
records() {
	for at in 53248 57344; do
		od -An -v -tx1 -j $at -N 32 flash.bin | tr -d ' \n'
		echo
	done
}

# booted: which partitions the bootloader loaded an app from, in order.
booted() {
	"$ESPFLASH" -q monitor --non-interactive --until 'Hello world' --timeout 60 >boot.txt 2>&1
	again
	grep -o 'Loaded app from partition at offset 0x[0-9a-f]*' boot.txt
}

# quiet COMMAND...: no output but warnings and errors.
quiet() {
	"$ESPFLASH" -q "$@" >/dev/null
	echo "$1: $?"
	again
}
