#!/bin/sh
# SPDX-License-Identifier: MIT
# The monitor on a device that is unplugged and comes back under another name:
# found by its USB serial number, and no other device taken for it. The device
# is made as in pty-device.sh. Needs root on Linux.
set -eu
names='ttyUSB94 ttyUSB95 ttyUSB96'

skip() {
	echo "skipped: $1"
	exit 77
}

if [ -z "${EF_PTY_INSIDE:-}" ]; then
	[ "$(uname)" = Linux ] || skip 'needs Linux'
	[ "$(id -u)" = 0 ] || skip 'needs root, for a mount namespace'
	unshare -m true 2>/dev/null || skip 'no mount namespaces here'
	[ -d /sys/class/tty ] || skip 'no sysfs here'
	for name in $names; do
		[ -e "/dev/$name" ] && skip "there is a /dev/$name already"
	done
	trap 'for name in $names; do rm -f "/dev/$name"; done' EXIT
	trap 'exit 130' INT TERM
	status=0
	EF_PTY_INSIDE=1 unshare -m --propagation private "$0" || status=$?
	exit "$status"
fi

work=$(mktemp -d)
pids=''
unset ESPFLASH_PORT ESPFLASH_BAUD || true
clean_up() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

fail() {
	echo "FAILED: $1; said:"
	cat "$work"/*.err "$work/log"
	exit 1
}

# await FILE PATTERN: until it has such a line
await() {
	tries=200
	while ! grep -qs -- "$2" "$1"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "no '$2' in $(basename "$1")"
		sleep 0.05
	done
}

# board ID: an application that talks all the time; its URL is in the file board-ID
board() {
	"${ESPSIM:?}" --quiet --chip esp32c3 --chatty --listen rfc2217://127.0.0.1:0 \
		>"$work/board-$1" 2>"$work/board-$1.err" &
	pids="$pids $!"
	await "$work/board-$1" rfc2217
}

# plug NAME SERIAL ID: a device in /dev and in sysfs, and the board behind it; its bridge is $bridge
plug() {
	: >"$work/pty"
	rm -f "$work/modem-$3"
	"${PTY_BRIDGE:?}" "$(head -n 1 "$work/board-$3")" "$work/modem-$3" >"$work/pty" \
		2>"$work/bridge-$1.err" &
	bridge=$!
	pids="$pids $bridge"
	await "$work/pty" /dev
	: >"/dev/$1"
	mount --bind "$(cat "$work/pty")" "/dev/$1" || skip 'no bind mounts here'
	usb=/sys/class/tty/usb1/1-$2
	mkdir -p "$usb/1-1:1.0/$1/tty/$1"
	ln -s "../../../$1" "$usb/1-1:1.0/$1/tty/$1/device"
	echo 1 >"$usb/busnum"
	echo 7 >"$usb/devnum"
	echo 303a >"$usb/idVendor"
	echo 1001 >"$usb/idProduct"
	echo Espressif >"$usb/manufacturer"
	echo 'USB JTAG/serial debug unit' >"$usb/product"
	echo "60:55:F9:00:00:0$2" >"$usb/serial"
	ln -s "usb1/1-$2/1-1:1.0/$1/tty/$1" "/sys/class/tty/$1"
}

unplug() {
	kill "$bridge"
	wait "$bridge" 2>/dev/null || true
	rm "/sys/class/tty/$1"
	rm -r "/sys/class/tty/usb1"
	umount "/dev/$1"
	rm "/dev/$1"
}

mount -t tmpfs none /sys/class/tty || skip 'no tmpfs here'
board 1
board 2
plug ttyUSB96 1 1
# libserialport wants modem lines
LD_PRELOAD=${FAKE_MODEM:?} EF_FAKE_MODEM=$work/modem-1 EF_FAKE_MODEM_LOG=$work/lines \
	ASAN_OPTIONS=verify_asan_link_order=0 "${ESPFLASH_C:?}" monitor --no-reset --non-interactive \
	--port /dev/ttyUSB96 --timeout 60 >"$work/out" 2>"$work/log" &
monitor=$!
pids="$pids $monitor"
await "$work/out" '^tick'
unplug ttyUSB96
await "$work/log" 'waiting for it to come back'
echo 'ok unplugged'
plug ttyUSB95 2 2
sleep 1
grep -q 'is back' "$work/log" && fail 'took another device'
echo 'ok another device is left alone'
: >"$work/out"
plug ttyUSB94 1 1
await "$work/log" "'/dev/ttyUSB94' is back"
await "$work/out" '^tick'
echo 'ok the same device under another name'
kill -INT $monitor
status=0
wait $monitor || status=$?
[ $status = 0 ] || fail "status $status"
