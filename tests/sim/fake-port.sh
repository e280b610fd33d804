#!/bin/sh
# SPDX-License-Identifier: MIT
# The program's own objects over fake serial ports (fake_serial.c)
# in front of a virtual board: listing, identifying, flashing, and what a user
# is told when a port fails in each of the ways that ports fail.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
elf=$here/../../tools/sample/sample-esp32c3.elf
flash=${ESPFLASH_C_FAKE:?}
work=$(mktemp -d)
board=
failures=0
unset ESPFLASH_PORT ESPFLASH_BAUD EF_FAKE_FAIL EF_FAKE_PORTS || true

clean_up() {
	if [ -n "$board" ]; then
		kill "$board" 2>/dev/null || true
		wait "$board" 2>/dev/null || true
	fi
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
cd "$work"

mkfifo url
"${ESPSIM:?}" --quiet --chip esp32c3 --factory --flash flash.bin --listen rfc2217://127.0.0.1:0 \
	>url 2>board.err &
board=$!
read -r EF_FAKE_URL <url || {
	echo 'the virtual board does not start' >&2
	cat board.err >&2
	exit 1
}
export EF_FAKE_URL

# expect NAME STATUS PATTERN COMMAND...: check the exit status and a line of the output
expect() {
	name=$1 want=$2 pattern=$3
	shift 3
	status=0
	timeout 60 "$@" >out 2>&1 </dev/null || status=$?
	if [ "$status" != "$want" ] || ! grep -q -- "$pattern" out; then
		echo "FAILED $name: status $status, not $want, or no line like '$pattern' in:"
		sed 's/^/    /' out
		failures=$((failures + 1))
	else
		echo "ok $name"
	fi
}

# The list is sorted and has no control characters.
export EF_FAKE_PORTS=usb,jtag,native,bluetooth,noisy
expect list 0 '^/dev/ttyUSB0 .*Silicon Labs' "$flash" list-ports
cp out listed
expect list-sorted 0 'ttyUSB10' "$flash" list-ports --list-all-ports --name-only
if [ "$(grep -n ttyUSB0 out | cut -d: -f1)" -ge "$(grep -n ttyUSB10 out | cut -d: -f1)" ] ||
	[ "$(grep -n ttyACM0 out | cut -d: -f1)" -ge "$(grep -n ttyUSB0 out | cut -d: -f1)" ]; then
	echo 'FAILED order of the list:'
	cat out
	failures=$((failures + 1))
fi
if LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" listed; then
	echo 'FAILED control characters reach the terminal'
	failures=$((failures + 1))
fi
EF_FAKE_FAIL=list expect list-impossible 0 'No .*serial ports found' "$flash" list-ports

# The program finds the only known port by itself.
export EF_FAKE_PORTS=usb
expect board-info 0 '^Chip type:  *esp32c3' "$flash" board-info
expect short-name 0 '^Chip type:  *esp32c3' "$flash" board-info --port ttyUSB0
expect flash 0 'App/part. size' "$flash" flash --baud 921600 "$elf"
# The flash has the right content, so the second run writes nothing.
expect flash-again 0 'App/part. size' "$flash" flash --baud 921600 "$elf"

# Test the ways in which ports fail.
expect missing 3 "no such port: '/dev/ttyUSB98'" "$flash" board-info --port /dev/ttyUSB98
EF_FAKE_FAIL=missing expect vanished 3 'no such port' "$flash" board-info --port /dev/ttyUSB0
EF_FAKE_FAIL=busy expect busy 3 "'/dev/ttyUSB0' is busy" "$flash" board-info --port /dev/ttyUSB0
EF_FAKE_FAIL=busy expect busy-hint 3 'close the other program' "$flash" board-info --port /dev/ttyUSB0
EF_FAKE_FAIL=permission expect permission 3 'no permission' "$flash" board-info --port /dev/ttyUSB0
EF_FAKE_FAIL=permission expect permission-hint 3 'usermod -aG' "$flash" board-info --port /dev/ttyUSB0
EF_FAKE_FAIL=unplugged expect unplugged 3 'is gone' "$flash" board-info --port /dev/ttyUSB0
EF_FAKE_FAIL=memory expect memory 9 'out of memory' "$flash" board-info --port /dev/ttyUSB0
# The program waits for a port that goes away, then continues its work.
EF_FAKE_FAIL=gone=2000 expect gone 0 "'/dev/ttyUSB0' is back" "$flash" flash "$elf" --port /dev/ttyUSB0 --no-skip
# The port goes away again and again, before a whole packet of flash has arrived. Shorter
# packets arrive.
EF_FAKE_FAIL=gone=2000 expect gone-read 0 "'/dev/ttyUSB0' is back" "$flash" read-flash 0 0x4000 read.bin --port /dev/ttyUSB0
cmp -n 16384 flash.bin read.bin || failures=$((failures + 1))
EF_FAKE_FAIL=gone=1600 expect gone-erase 0 'has been erased' "$flash" erase-region 0x200000 0x10000 --port /dev/ttyUSB0
EF_FAKE_FAIL=gone=400 expect gone-connecting 3 'is gone' "$flash" board-info --port /dev/ttyUSB0

# If the host can't set a rate, the program warns and keeps the old one.
EF_FAKE_FAIL=rate expect rate 0 '^Chip type:  *esp32c3' "$flash" board-info --baud 921600
EF_FAKE_FAIL=rate-silently expect rate-silently 0 '^Chip type:  *esp32c3' "$flash" board-info --baud 921600

exit $((failures > 0))
