#!/bin/sh
# SPDX-License-Identifier: MIT
# Espressif's own esptool against the virtual board: it must take it for a chip.
# usage: esptool.sh ESPSIM [CHIP...]
# The program is $ESPTOOL, else "esptool" of the PATH; without one: exit 77 (skipped).
set -u
espsim=$1
shift
esptool=${ESPTOOL:-esptool}
command -v "$esptool" >/dev/null 2>&1 || { echo "no esptool: skipped"; exit 77; }
chips=${*:-esp32 esp32s2 esp32s3 esp32c2 esp32c3 esp32c5 esp32c6 esp32c61 esp32h2 esp32p4}
dir=$(mktemp -d) || exit 1
pid=
stop() { [ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; pid=; }
trap 'stop; rm -rf "$dir"' EXIT INT TERM
export NO_COLOR=1 TERM=dumb

start() { # CHIP OPTIONS...: sets $url
	stop
	mkfifo "$dir/url"
	chip=$1
	shift
	"$espsim" --chip "$chip" --flash "$dir/flash" --quiet "$@" >"$dir/url" 2>"$dir/log" &
	pid=$!
	read -r url <"$dir/url"
	rm "$dir/url"
}

failed=0
try() { # NAME ARGUMENTS...
	name=$1
	shift
	if timeout 120 "$esptool" --port "$url?ign_set_control" "$@" >"$dir/out" 2>&1; then
		echo "ok   $chip $name"
	else
		echo "FAIL $chip $name"
		sed 's/^/     | /' "$dir/out" | tail -n 15
		failed=1
	fi
}
says() { # TEXT: the last command printed it
	grep -q -- "$1" "$dir/out" || { echo "FAIL $chip: no '$1'"; failed=1; }
}
same() { # A B WHAT
	cmp -s "$1" "$2" || { echo "FAIL $chip $3 differs"; failed=1; }
}

head -c 150000 /dev/urandom >"$dir/noise"
{ cat "$dir/noise"; head -c 50000 /dev/zero; } >"$dir/data"
head -c 9001 /dev/urandom >"$dir/small"
for c in $chips; do
	rm -f "$dir/flash"
	start "$c" --size 8MB
	try flash-id flash-id
	says 'Detected flash size: 8MB'
	try "flash-id, ROM" --no-stub flash-id
	says 'Detected flash size: 8MB'
	try chip-id chip-id
	try write-flash --baud 921600 write-flash 0x10000 "$dir/data"
	says 'Hash of data verified'
	try verify-flash verify-flash 0x10000 "$dir/data"
	try read-flash --baud 921600 read-flash 0x10000 200000 "$dir/back"
	same "$dir/data" "$dir/back" read-flash
	try "write-flash, ROM" --no-stub write-flash 0x20000 "$dir/small"
	says 'Hash of data verified'
	try "write-flash, ROM, compressed" --no-stub write-flash --compress 0x40000 "$dir/small"
	says 'Hash of data verified'
	try "read-flash, ROM" --no-stub read-flash 0x20000 9001 "$dir/back"
	same "$dir/small" "$dir/back" "read-flash, ROM"
	try erase-region erase-region 0x20000 0x4000
	try "read-flash, erased" read-flash 0x20000 0x4000 "$dir/back"
	head -c 16384 /dev/zero | tr '\0' '\377' >"$dir/blank"
	same "$dir/blank" "$dir/back" erase-region
	stop
done
exit $failed
