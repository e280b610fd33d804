#!/bin/sh
# SPDX-License-Identifier: MIT
# The monitor on a device that is unplugged and comes back under another name:
# found by its USB serial number, and no other device taken for it.
names='ttyUSB94 ttyUSB95 ttyUSB96'
set -eu
# shellcheck source=tests/sim/pty-lib.sh
. "$(dirname "$0")/pty-lib.sh"
espflash=${ESPFLASH_C:?}

board 1 --chatty
board 2 --chatty
plug ttyUSB96 1 1
with_modem 1 "$espflash" monitor --no-reset --non-interactive --port /dev/ttyUSB96 --timeout 60 \
	>"$work/out" 2>"$work/log" &
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
[ "$(grep -c 'is back' "$work/log")" = 1 ] || fail 'told more than once'
echo 'ok the same device under another name'
kill -INT $monitor
status=0
wait $monitor || status=$?
[ $status = 0 ] || fail "status $status"
# Both lines keep the state after the open, also after the reconnect.
grep -v '^bis 1 1$' "$work/lines" >"$work/moved.log" && fail 'a line moved'
echo 'ok no line moved'
