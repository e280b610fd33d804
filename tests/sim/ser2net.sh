#!/bin/sh
# SPDX-License-Identifier: MIT
# The program through Debian's ser2net with a virtual board behind it. Then
# ser2net is ended and started again in mid-write. 77: skipped.
set -eu
# shellcheck source=tests/sim/sim-lib.sh
. "$(dirname "$0")/sim-lib.sh"
server=$(command -v ser2net || echo /usr/sbin/ser2net)
{ [ "$(uname)" = Linux ] && [ -x "$server" ]; } || skip 'no ser2net here'
begin
board 1 --factory --pace --flash "$work/flash.bin"
bridge 1
rfc=$(free_port)

cat >"$work/ser2net.yaml" <<END
connection: &rfc
  accepter: telnet(rfc2217),tcp,127.0.0.1,$rfc
  connector: serialdev,$(cat "$work/pty"),115200n81,local
END
start_server() {
	# shellcheck disable=SC2086,SC2154
	(with_modem 1 $promptly "$server" -n -u -c "$work/ser2net.yaml") >"$work/ser2net.err" 2>&1 &
	daemon=$!
	pids="$pids $daemon"
	tries=300
	until grep -qs "0100007F:$(printf %04X "$rfc") 00000000:0000 0A" /proc/net/tcp; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "ser2net doesn't listen"
		sleep 0.05
	done
}
start_server

espflash=${ESPFLASH_C:?}
url=rfc2217://127.0.0.1:$rfc
expect board-info 0 '^Chip type:  *esp32c3' "$espflash" board-info --port "$url"
expect flash 0 'Flashing has completed' "$espflash" flash --baud 460800 "$elf" --port "$url"

# Break the link in mid-write, and restore it a moment later. SIGKILL breaks it
# at once; on SIGTERM ser2net may serve the open connection to its end.
{ echo content && head -c 119992 /dev/urandom; } >"$work/random" # 0xe9 at the start would be an image
write_and_cut() {
	"$espflash" write-bin --port "$url" --baud 115200 0x20000 "$work/random" \
		>"$work/out" 2>&1 </dev/null &
	writer=$!
	until grep -q 'writing [1-9]' "$work/out" || ! kill -0 $writer 2>/dev/null; do
		sleep 0.05
	done
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null || true
	start_server
	status=0
	wait $writer || status=$?
}
# On a busy machine the server may close a connection at once, while it still ends the one before,
# or the write may be over before the server is. Neither says anything about a link that is cut.
was_cut() {
	grep -q 'is back' "$work/out" || { [ $status != 0 ] && grep -q 'writing [1-9]' "$work/out"; }
}
tries=5
write_and_cut
while ! was_cut && [ $tries -gt 0 ]; do
	tries=$((tries - 1))
	write_and_cut
done
if [ $status != 0 ] || ! grep -q 'is back' "$work/out" ||
	! tail -c +131073 "$work/flash.bin" | head -c 120000 | cmp -s - "$work/random"; then
	complain "cut-link: status $status, no 'is back', or another content" "$work/out"
else
	echo 'ok cut-link'
fi
exit $((failures > 0))
