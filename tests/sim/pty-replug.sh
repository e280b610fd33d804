#!/bin/sh
# SPDX-License-Identifier: MIT
# The monitor on a device that is unplugged and comes back under another name:
# found by its USB serial number, and no other device taken for it.
set -eu
own=${EF_PTY_INSIDE:-$$}
names="ttyUSB${own}4 "ttyUSB${own}5" ttyUSB${own}6"
# shellcheck source=tests/sim/pty-lib.sh
. "$(dirname "$0")/pty-lib.sh"
espflash=${ESPFLASH_C:?}

board 1 --chatty
board 2 --chatty
plug "ttyUSB${own}6" 1 1
with_modem 1 "$espflash" monitor --no-reset --non-interactive --port "/dev/ttyUSB${own}6" --timeout 600 \
	>"$work/out" 2>"$work/log" &
monitor=$!
pids="$pids $monitor"
await "$work/out" '^tick'
unplug "ttyUSB${own}6"
await "$work/log" 'for it to come back'
echo 'ok unplugged'
plug "ttyUSB${own}5" 2 2
sleep 1
grep -q 'is back' "$work/log" && fail 'took another device'
echo 'ok another device is left alone'
: >"$work/out"
plug "ttyUSB${own}4" 1 1
await "$work/log" "'/dev/ttyUSB${own}4' is back"
await "$work/out" '^tick'
[ "$(grep -c 'is back' "$work/log")" = 1 ] || fail 'told more than once'
echo 'ok the same device under another name'
kill -INT $monitor
status=0
wait $monitor || status=$?
[ $status = 0 ] || fail "status $status"
# Both lines keep the state after the open, also after the reconnect.
grep -v '^bis 1 1$' "$work/lines" >"$work/moved.log" && fail 'a line moved'
echo 'ok no line moved'
