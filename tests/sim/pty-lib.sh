# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Devices that are plugged and unplugged, as many as $names says: pseudo
# terminals that a mount namespace gives names in /dev and the sysfs nodes of
# USB devices. Needs root on Linux. (A CUSE device would need no fake_modem.c,
# but few kernels have /dev/cuse.) The names in /dev are seen by everybody, and
# one that is removed takes its terminal from all: they have the number of this
# test's process, $EF_PTY_INSIDE in its mount namespace.
: "${names:?}"
# shellcheck source=tests/sim/sim-lib.sh
. "$(dirname "$0")/sim-lib.sh"

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
	EF_PTY_INSIDE=$$ unshare -m --propagation private "$0" || status=$?
	exit "$status"
fi
begin
mount -t tmpfs none /sys/class/tty || skip 'no tmpfs here'

# plug NAME SERIAL ID: create a device in /dev and in sysfs with board ID behind it
plug() {
	bridge "$3"
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
	# programs that have it open see a hang-up; a real device would also disappear
	umount -l "/dev/$1"
	rm "/dev/$1"
}
