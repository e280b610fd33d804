#!/bin/sh
# SPDX-License-Identifier: MIT
# The unmodified program on a device port that the real libserialport finds:
# listing, finding, flashing, and a port that another program has open.
set -eu
name=ttyUSB${EF_PTY_INSIDE:-$$}1
names=$name
# shellcheck source=tests/sim/pty-lib.sh
. "$(dirname "$0")/pty-lib.sh"

board 1 --factory --chatty --circuit fast-en --flash "$work/flash.bin"
plug "$name" 1 1
# A script that runs the program with modem lines, because timeout needs a file to run.
cat >"$work/with-modem" <<END
#!/bin/sh
LD_PRELOAD='${FAKE_MODEM:?}' EF_FAKE_MODEM='$work/modem-1' EF_FAKE_MODEM_LOG='$work/lines' \\
	ASAN_OPTIONS=verify_asan_link_order=0 exec '${ESPFLASH_C:?}' "\$@"
END
chmod +x "$work/with-modem"

espflash=${ESPFLASH_C:?}
expect list-ports 0 "^/dev/$name .*CP2102N" "$espflash" list-ports
# The program finds the port. EN of this board rises so fast that only simultaneous line changes
# work.
expect board-info 0 '^Chip type:  *esp32c3' "$work/with-modem" board-info --trace "$work/trace"
# Both lines change at once; the usual reset circuit would notice single changes.
if grep -q '^bi[sc]' "$work/lines"; then
	echo "FAILED: single lines were set or cleared:"
	cat "$work/lines"
	failures=$((failures + 1))
fi
if ! grep -q '^set 1 1' "$work/lines" || ! grep -q '^set 0 1' "$work/lines" ||
	! grep -q '^set 1 0' "$work/lines"; then
	echo 'FAILED: not the tight sequence:'
	cat "$work/lines"
	failures=$((failures + 1))
fi
expect flash 0 'Flashing has completed' "$work/with-modem" flash --baud 921600 "$elf"
ln -s "/dev/$name" "$work/by-id"
: >"$work/lines"
expect symlink 0 '^Chip type:  *esp32c3' "$work/with-modem" board-info --port "$work/by-id"

if ! grep -q '^set' "$work/lines"; then
	echo 'FAILED: no line changes through a symlink'
	failures=$((failures + 1))
fi

# Without the preload the port has no lines: the program warns and does not reset. A board that
# runs its application does not answer.
expect no-lines 20 'no modem lines' "$espflash" -v board-info --port "/dev/$name"

# Another program uses the port.
(exec 9<>"/dev/$name" && flock -n 9 && echo >"$work/locked" && exec sleep 600) &
holder=$!
await "$work/locked" ""
# (the bridge has it open, too)
sleep_has="is busy: it is open in .*sleep (pid $holder)"
expect busy 3 "$sleep_has" "$work/with-modem" board-info --port "/dev/$name"
expect busy-no-lines 3 "$sleep_has" "$espflash" board-info --port "/dev/$name"
expect busy-json 3 "\"message\":.*$sleep_has" "$work/with-modem" -q reset --json --port "/dev/$name"
kill "$holder" 2>/dev/null || true
wait "$holder" 2>/dev/null || true

# Another program has set only TIOCEXCL. Root may ignore that, so give up that privilege.
if command -v perl >/dev/null && setpriv --bounding-set=-sys_admin true 2>/dev/null; then
	perl -e 'open(F, "+<", $ARGV[0]) && ioctl(F, 0x540c, 0) or die; $| = 1; print "held\n"; sleep 600' \
		"/dev/$name" >"$work/held" &
	holder=$!
	await "$work/held" held
	expect exclusive 3 "is busy: it is open in .*perl (pid $holder)" \
		setpriv --bounding-set=-sys_admin "$espflash" board-info --port "/dev/$name"
	kill "$holder" 2>/dev/null || true
	wait "$holder" 2>/dev/null || true
fi

exit $((failures > 0))
