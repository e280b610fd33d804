#!/bin/sh
# SPDX-License-Identifier: MIT
# The unmodified program on a device port, through the real libserialport: a
# pseudo terminal that a mount namespace gives a name in /dev and a USB
# device's sysfs node, and a preload (fake_modem.c) the modem lines; a bridge
# (pty_bridge.c) carries both to a virtual board. Needs root on Linux. (A CUSE
# device would need no preload, but few kernels have /dev/cuse.)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
elf=$here/../../tools/sample/sample-esp32c3.elf
name=ttyUSB97

skip() {
	echo "skipped: $1"
	exit 77
}

if [ -z "${EF_PTY_INSIDE:-}" ]; then
	[ "$(uname)" = Linux ] || skip 'needs Linux'
	[ "$(id -u)" = 0 ] || skip 'needs root, for a mount namespace'
	unshare -m true 2>/dev/null || skip 'no mount namespaces here'
	[ -d /sys/class/tty ] || skip 'no sysfs here'
	[ -e /dev/$name ] && skip "there is a /dev/$name already"
	trap 'rm -f /dev/$name' EXIT
	trap 'exit 130' INT TERM
	: >/dev/$name
	status=0
	EF_PTY_INSIDE=1 unshare -m --propagation private "$0" || status=$?
	exit "$status"
fi

work=$(mktemp -d)
board='' bridge='' failures=0
unset ESPFLASH_PORT ESPFLASH_BAUD || true
clean_up() {
	for pid in $bridge $board; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# await FILE: until it has a line
await() {
	tries=200
	while ! [ -s "$1" ]; do
		tries=$((tries - 1))
		if [ $tries = 0 ]; then
			echo "FAILED: nothing in $1" >&2
			cat "$work"/*.err >&2
			exit 1
		fi
		sleep 0.05
	done
}

expect() {
	what=$1 want=$2 pattern=$3
	shift 3
	status=0
	timeout 60 "$@" >"$work/out" 2>&1 </dev/null || status=$?
	if [ "$status" != "$want" ] || ! grep -q -- "$pattern" "$work/out"; then
		echo "FAILED $what: status $status, not $want, or no line like '$pattern' in:"
		sed 's/^/    /' "$work/out"
		failures=$((failures + 1))
	else
		echo "ok $what"
	fi
}

# The program with modem lines: a file of its own, as timeout wants one.
cat >"$work/with-modem" <<END
#!/bin/sh
LD_PRELOAD='${FAKE_MODEM:?}' EF_FAKE_MODEM='$work/modem' EF_FAKE_MODEM_LOG='$work/lines' \\
	ASAN_OPTIONS=verify_asan_link_order=0 exec '${ESPFLASH_C:?}' "\$@"
END
chmod +x "$work/with-modem"

# The board, the terminal, its name in /dev.
"${ESPSIM:?}" --quiet --chip esp32c3 --factory --circuit fast-en --flash "$work/flash.bin" \
	--listen rfc2217://127.0.0.1:0 >"$work/board" 2>"$work/board.err" &
board=$!
await "$work/board"
"${PTY_BRIDGE:?}" "$(head -n 1 "$work/board")" "$work/modem" >"$work/pty" 2>"$work/bridge.err" &
bridge=$!
await "$work/pty"
mount --bind "$(cat "$work/pty")" /dev/$name || skip 'no bind mounts here'

# Its node in sysfs, of the shape that a USB bridge's has.
mount -t tmpfs none /sys/class/tty || skip 'no tmpfs here'
usb=/sys/class/tty/usb1/1-1
mkdir -p "$usb/1-1:1.0/$name/tty/$name"
ln -s "usb1/1-1/1-1:1.0/$name/tty/$name" /sys/class/tty/$name
ln -s "../../../$name" "$usb/1-1:1.0/$name/tty/$name/device"
echo 1 >$usb/busnum
echo 7 >$usb/devnum
echo 10c4 >$usb/idVendor
echo ea60 >$usb/idProduct
echo 'Silicon Labs' >$usb/manufacturer
echo 'CP2102N USB to UART Bridge' >$usb/product
echo 0001 >$usb/serial

espflash=${ESPFLASH_C:?}
expect list-ports 0 "^/dev/$name .*CP2102N" "$espflash" list-ports
# Found by itself; this board's EN rises so fast that only lines that change together work.
expect board-info 0 '^Chip type:  *esp32c3' "$work/with-modem" board-info --trace "$work/trace"
# libserialport applied its settings (it sets the lines one by one), then we did (together)
for kind in bis set; do
	if ! grep -q "^$kind" "$work/lines"; then
		echo "FAILED: no '$kind' among the line changes"
		failures=$((failures + 1))
	fi
done
if ! grep -q '^set 1 1' "$work/lines" || ! grep -q '^set 0 1' "$work/lines" ||
	! grep -q '^set 1 0' "$work/lines"; then
	echo 'FAILED: not the tight sequence:'
	cat "$work/lines"
	failures=$((failures + 1))
fi
expect flash 0 'Flashing has completed' "$work/with-modem" flash --baud 921600 "$elf"
ln -s /dev/$name "$work/by-id"
: >"$work/lines"
expect symlink 0 '^Chip type:  *esp32c3' "$work/with-modem" board-info --port "$work/by-id"

if ! grep -q '^bis' "$work/lines"; then
	echo 'FAILED: a symlink went past libserialport'
	failures=$((failures + 1))
fi

# Without the preload libserialport refuses it, and it is a terminal without lines: a
# warning, no reset; a board that runs its application does not answer.
expect no-lines 20 'no modem lines' "$espflash" -v board-info --port /dev/$name

# In use by somebody else.
(exec 9<>/dev/$name && flock -n 9 && echo >"$work/locked" && exec sleep 30) &
holder=$!
await "$work/locked"
# (the bridge has it open, too)
sleep_has="is busy: it is open in .*sleep (pid $holder)"
expect busy 3 "$sleep_has" "$work/with-modem" board-info --port /dev/$name
expect busy-no-lines 3 "$sleep_has" "$espflash" board-info --port /dev/$name
expect busy-json 3 "\"message\":.*$sleep_has" "$work/with-modem" -q reset --json --port /dev/$name
kill "$holder" 2>/dev/null || true
wait "$holder" 2>/dev/null || true

# By one that only said TIOCEXCL, which root alone may ignore: so we aren't quite root.
if command -v perl >/dev/null && setpriv --bounding-set=-sys_admin true 2>/dev/null; then
	perl -e 'open(F, "+<", $ARGV[0]) && ioctl(F, 0x540c, 0) or die; $| = 1; print "held\n"; sleep 30' \
		/dev/$name >"$work/held" &
	holder=$!
	await "$work/held"
	expect exclusive 3 "is busy: it is open in .*perl (pid $holder)" \
		setpriv --bounding-set=-sys_admin "$espflash" board-info --port /dev/$name
	kill "$holder" 2>/dev/null || true
	wait "$holder" 2>/dev/null || true
fi

exit $((failures > 0))
