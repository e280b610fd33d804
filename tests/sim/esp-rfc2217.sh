#!/bin/sh
# SPDX-License-Identifier: MIT
# The program through esptool's own esp_rfc2217_server, which applies DTR and RTS one by
# one and answers the classic sequence with a reset of its own; behind it the virtual
# board on a pseudo terminal (pty_bridge.c) with modem lines (fake_modem.c).
# The server is $ESP_RFC2217_SERVER, else the one of the PATH. 77: skipped.
set -eu
# shellcheck source=tests/sim/sim-lib.sh
. "$(dirname "$0")/sim-lib.sh"
server=${ESP_RFC2217_SERVER:-}
for name in esp_rfc2217_server esp_rfc2217_server.py; do
	[ -n "$server" ] || server=$(command -v "$name" || true)
done
{ [ "$(uname)" = Linux ] && [ -n "$server" ] && "$server" --help >/dev/null 2>&1; } ||
	skip 'no esp_rfc2217_server here'
begin
board 1 --factory --pace --flash "$work/flash.bin"
bridge 1
tcp=$(free_port)
# shellcheck disable=SC2086,SC2154
(with_modem 1 $promptly "$server" -v -p "$tcp" "$(cat "$work/pty")") >"$work/server.err" 2>&1 &
pids="$pids $!"
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
