# A bridge of FTDI: the program asks for low latency before it sends anything. The driver then sets the
# latency timer to 1 ms (Linux: ftdi_sio.c, write_latency_timer). A bridge of another maker is not asked.
# A pseudo terminal stands in for the port, and sysfs for its USB ids, in a mount namespace.
if [ "$(id -u)" = 0 ]; then ns='unshare -m'; else ns='unshare -rm'; fi
$ns true 2>/dev/null || { echo 'no mount namespaces here' >&3; exit 77; }
if [ ! -x "$PTY_BRIDGE" ] || [ ! -e "$FAKE_MODEM" ]; then
	echo 'no pty-bridge' >&3
	exit 77
fi
board --chip esp32c3 --factory
mkfifo name
mkdir bridge
"$PTY_BRIDGE" "$URL" "$PWD/modem" >name 2>bridge.log &
echo $! >bridge/board.pid
read -r tty <name
ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
export tty ESPFLASH FAKE_MODEM ASAN_OPTIONS
# vendor, product
cat >inside <<'END'
mount -t tmpfs none /sys/dev/char || { echo 'no tmpfs over sysfs here' >&3; exit 77; }
mkdir -p /sys/dev/char/usb/port/tty
ln -s usb/port/tty "/sys/dev/char/$(stat -c '%Hr:%Lr' "$tty")"
echo "$1" >/sys/dev/char/usb/idVendor
echo "$2" >/sys/dev/char/usb/idProduct
echo 16 >/sys/dev/char/usb/port/latency_timer
LD_PRELOAD=$FAKE_MODEM EF_FAKE_MODEM=$PWD/modem EF_FAKE_MODEM_LOG=$PWD/log \
	"$ESPFLASH" read-mac -p "$tty" >out 2>&1 </dev/null || cat out
END
for ids in '0403 6001' '0403 6010' '10c4 ea60'; do
	rm -f log
	# shellcheck disable=SC2086
	$ns sh inside $ids
	[ $? != 77 ] || exit 77
	echo "$ids: $(grep -c 'low-latency' log) requests for low latency, first: $(head -n 1 log | grep -o '^low-latency\|^[a-z]*')"
done
