#!/bin/sh
# SPDX-License-Identifier: MIT
# The program through esptool's own esp_rfc2217_server, which applies DTR and RTS one by
# one and answers the classic sequence with a reset of its own; behind it the virtual
# board on a pseudo terminal (pty_bridge.c) with modem lines (fake_modem.c).
# The server is $ESP_RFC2217_SERVER, else the one of the PATH. 77: skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
elf=$here/../../tools/sample/sample-esp32c3.elf
server=${ESP_RFC2217_SERVER:-}
for name in esp_rfc2217_server esp_rfc2217_server.py; do
	[ -n "$server" ] || server=$(command -v "$name" || true)
done
if [ "$(uname)" != Linux ] || [ -z "$server" ] || ! "$server" --help >/dev/null 2>&1; then
	echo 'skipped: no esp_rfc2217_server here'
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

# await FILE PATTERN
await() {
	tries=200
	while ! grep -q -- "$2" "$1" 2>/dev/null; do
		tries=$((tries - 1))
		if [ $tries = 0 ]; then
			echo "FAILED: no '$2' in $1" >&2
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
await "$work/board" :
"${PTY_BRIDGE:?}" "$(head -n 1 "$work/board")" "$work/modem" >"$work/pty" 2>"$work/bridge.err" &
bridge=$!
await "$work/pty" /

# A port that nobody has now; a server of the board's kind finds it for us.
"$ESPSIM" --quiet --chip esp32c3 --listen socket://127.0.0.1:0 >"$work/probe" 2>/dev/null &
probe=$!
await "$work/probe" :
tcp=$(sed -n '1s/.*://p' "$work/probe")
kill $probe
wait $probe 2>/dev/null || true

LD_PRELOAD=${FAKE_MODEM:?} EF_FAKE_MODEM=$work/modem EF_FAKE_MODEM_LOG=$work/lines \
	"$server" -v -p "$tcp" "$(cat "$work/pty")" >"$work/server.err" 2>&1 &
daemon=$!
await "$work/server.err" 'TCP/IP port'

espflash=${ESPFLASH_C:?}
url=rfc2217://127.0.0.1:$tcp
expect board-info 0 '^Chip type:  *esp32c3' "$espflash" board-info --port "$url"
expect flash 0 'Flashing has completed' "$espflash" flash --baud 460800 "$elf" --port "$url"
expect monitor 0 'ESP-ROM' "$espflash" monitor --non-interactive --until ESP-ROM --timeout 20 \
	--port "$url"
# the URL form that esptool's manual gives
expect ign-set-control 0 '^Chip type:  *esp32c3' "$espflash" board-info \
	--port "$url?ign_set_control"
exit $((failures > 0))
