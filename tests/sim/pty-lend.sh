#!/bin/sh
# SPDX-License-Identifier: MIT
# Flashing while a monitor has the device: it lets go and takes it back; of two
# that want to flash at once one is told who has the port, and nothing is lost.
set -eu
own=${EF_PTY_INSIDE:-$$}
names="ttyUSB${own}3 ttyUSB${own}2"
# shellcheck source=tests/sim/pty-lib.sh
. "$(dirname "$0")/pty-lib.sh"
espflash=${ESPFLASH_C:?}

export XDG_RUNTIME_DIR="$work"
board 1 --factory --chatty --flash "$work/flash.bin" --pace
plug "ttyUSB${own}3" 1 1
with_modem 1 "$espflash" monitor --non-interactive --boot-loop 0 --port "/dev/ttyUSB${own}3" --timeout 1200 \
	>"$work/out" 2>"$work/monitor.log" &
monitor=$!
pids="$pids $monitor"
await "$work/out" '^rst:'
# The first flasher takes longer than the second one waits for the port, though that begins late.
: >"$work/lines"
{ echo content && head -c 294904 /dev/urandom; } >"$work/data" # 0xe9 at the start would be an image
with_modem 1 "$espflash" write-bin -B 115200 0x110000 "$work/data" --port "/dev/ttyUSB${own}3" --non-interactive \
	>"$work/first.log" 2>&1 &
first=$!
pids="$pids $first"
await "$work/monitor.log" 'another command is using the port'
await "$work/lines" '^set'
status=0
(with_modem 1 "$espflash" write-bin 0x110000 "$elf" --port "/dev/ttyUSB${own}3" --non-interactive) \
	>"$work/second.log" 2>&1 || status=$?
[ $status = 3 ] || fail "the second flasher: status $status, not 3"
await "$work/second.log" "is busy: it is open in .*(pid $first)"
echo 'ok the second flasher is told who has the port'
: >"$work/out"
status=0
wait $first || status=$?
[ $status = 0 ] || fail "the first flasher: status $status"
tail -c +$((0x110000 + 1)) "$work/flash.bin" | cmp -n 294912 - "$work/data" || fail 'not what was written'
await "$work/monitor.log" 'the monitor continues'
await "$work/out" '^rst:'
echo 'ok the monitor has it again, and the application was started'
# Two short runs at once: the second waits for the first.
: >"$work/monitor.log"
: >"$work/out"
for i in 1 2; do
	with_modem 1 "$espflash" board-info --port "/dev/ttyUSB${own}3" --non-interactive >"$work/info-$i.log" 2>&1 &
	eval "info_$i=$!"
done
status=0
wait "${info_1:?}" || status=1
wait "${info_2:?}" || status=2
[ $status = 0 ] || fail "board-info $status of two"
echo 'ok two short commands, one after the other'
# The device comes back under another name: a command that wants that one finds the monitor, too.
await "$work/monitor.log" 'the monitor continues'
await "$work/out" '^rst:'
unplug "ttyUSB${own}3"
await "$work/monitor.log" 'waiting for it to come back'
plug "ttyUSB${own}2" 1 1
await "$work/monitor.log" "'/dev/ttyUSB${own}2' is back"
: >"$work/monitor.log"
(with_modem 1 "$espflash" board-info --port "/dev/ttyUSB${own}2" --non-interactive) >"$work/info-3.log" 2>&1 ||
	fail "board-info: status $?"
await "$work/monitor.log" 'the monitor continues'
echo 'ok lent under another name'
# The device changes its name while the port is lent.
: >"$work/monitor.log"
: >"$work/lines"
with_modem 1 "$espflash" write-bin -B 115200 0x110000 "$work/data" --no-skip --port "/dev/ttyUSB${own}2" --non-interactive \
	>"$work/third.log" 2>&1 &
third=$!
await "$work/monitor.log" 'another command is using the port'
await "$work/lines" '^set'
unplug "ttyUSB${own}2"
wait $third && fail 'flashed without a device'
: >"$work/out"
plug "ttyUSB${own}3" 1 1
await "$work/monitor.log" 'the monitor continues'
await "$work/out" '^rst:'
echo 'ok taken back under another name'
kill -INT $monitor
status=0
wait $monitor || status=$?
[ $status = 0 ] || fail "status $status"
