#!/bin/sh
# SPDX-License-Identifier: MIT
# The program through Debian's ser2net with a virtual board
# behind it: a pseudo terminal (pty_bridge.c) that a preload (fake_modem.c)
# gives modem lines. Then ser2net is ended and started again in mid-write.
# 77: skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
elf=$here/../../tools/sample/sample-esp32c3.elf
server=$(command -v ser2net || echo /usr/sbin/ser2net)
if [ "$(uname)" != Linux ] || ! [ -x "$server" ]; then
	echo 'skipped: no ser2net here'
	exit 77
fi
work=$(mktemp -d)
board='' bridge='' daemon='' failures=0
unset ESPFLASH_PORT ESPFLASH_BAUD || true
clean_up() {
	for pid in $daemon $bridge $board; do
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
	timeout 100 "$@" >"$work/out" 2>&1 </dev/null || status=$?
	if [ "$status" != "$want" ] || ! grep -q -- "$pattern" "$work/out"; then
		echo "FAILED $what: status $status, not $want, or no line like '$pattern' in:"
		sed 's/^/    /' "$work/out"
		failures=$((failures + 1))
	else
		echo "ok $what"
	fi
}

"${ESPSIM:?}" --quiet --chip esp32c3 --factory --pace --flash "$work/flash.bin" \
	--listen rfc2217://127.0.0.1:0 >"$work/board" 2>"$work/board.err" &
board=$!
await "$work/board"
"${PTY_BRIDGE:?}" "$(head -n 1 "$work/board")" "$work/modem" >"$work/pty" 2>"$work/bridge.err" &
bridge=$!
await "$work/pty"

# A port that nobody has now; a server of the board's kind finds it for us.
free_port() {
	"$ESPSIM" --quiet --chip esp32c3 --listen socket://127.0.0.1:0 >"$work/probe" 2>/dev/null &
	probe=$!
	await "$work/probe"
	sed -n '1s/.*://p' "$work/probe"
	kill $probe
	wait $probe 2>/dev/null || true
	rm -f "$work/probe"
}
rfc=$(free_port)

cat >"$work/ser2net.yaml" <<END
connection: &rfc
  accepter: telnet(rfc2217),tcp,127.0.0.1,$rfc
  connector: serialdev,$(cat "$work/pty"),115200n81,local
END
start_server() {
	LD_PRELOAD=${FAKE_MODEM:?} EF_FAKE_MODEM=$work/modem EF_FAKE_MODEM_LOG=$work/lines \
		"$server" -n -u -c "$work/ser2net.yaml" >"$work/ser2net.err" 2>&1 &
	daemon=$!
}
stop_server() {
	kill "$daemon" 2>/dev/null || true
	wait "$daemon" 2>/dev/null || true
	daemon=
}
start_server
sleep 0.5

espflash=${ESPFLASH_C:?}
url=rfc2217://127.0.0.1:$rfc
expect board-info 0 '^Chip type:  *esp32c3' "$espflash" board-info --port "$url"
expect flash 0 'Flashing has completed' "$espflash" flash --baud 460800 "$elf" --port "$url"

# The link is cut in mid-write, and is back a second later.
head -c 120000 /dev/urandom >"$work/random"
(sleep 4 && kill "$daemon" && sleep 1 && : >"$work/cut") &
cutter=$!
"$espflash" write-bin --port "$url" --baud 115200 0x20000 "$work/random" \
	>"$work/out" 2>&1 </dev/null &
writer=$!
tries=300
while ! [ -e "$work/cut" ] && [ $tries -gt 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
wait $cutter || true
wait "$daemon" 2>/dev/null || true
start_server
status=0
wait $writer || status=$?
if [ $status != 0 ] || ! grep -q 'is back' "$work/out" ||
	! tail -c +131073 "$work/flash.bin" | head -c 120000 | cmp -s - "$work/random"; then
	echo "FAILED cut-link: status $status, no 'is back', or another content, in:"
	sed 's/^/    /' "$work/out"
	failures=$((failures + 1))
else
	echo 'ok cut-link'
fi
stop_server
exit $((failures > 0))
