# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Devices as in pty-device.sh, as many as $names says, that are plugged and
# unplugged: sourced by pty-replug.sh and pty-lend.sh. Needs root on Linux.
set -eu
: "${names:?}"

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
	cat "$work"/*.err "$work"/*log
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

# board ID [OPTION...]: its URL is in the file board-ID
board() {
	id=$1
	shift
	"${ESPSIM:?}" --quiet --chip esp32c3 --listen rfc2217://127.0.0.1:0 "$@" \
		>"$work/board-$id" 2>"$work/board-$id.err" &
	pids="$pids $!"
	await "$work/board-$id" rfc2217
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
	echo 10c4 >"$usb/idVendor"
	echo ea60 >"$usb/idProduct"
	echo 'Silicon Labs' >"$usb/manufacturer"
	echo 'CP2102N USB to UART Bridge' >"$usb/product"
	echo "c8a6d2f4b1e0ec$2" >"$usb/serial"
	ln -s "usb1/1-$2/1-1:1.0/$1/tty/$1" "/sys/class/tty/$1"
}

unplug() {
	kill "$bridge"
	wait "$bridge" 2>/dev/null || true
	rm "/sys/class/tty/$1"
	rm -r "/sys/class/tty/usb1"
	# who has it open sees the hang-up; a real device would be gone, too
	umount -l "/dev/$1"
	rm "/dev/$1"
}

# The program with the modem lines of board ID, which libserialport wants.
with_modem() {
	id=$1
	shift
	LD_PRELOAD=${FAKE_MODEM:?} EF_FAKE_MODEM=$work/modem-$id EF_FAKE_MODEM_LOG=$work/lines \
		ASAN_OPTIONS=verify_asan_link_order=0 exec "${ESPFLASH_C:?}" "$@"
}

mount -t tmpfs none /sys/class/tty || skip 'no tmpfs here'
