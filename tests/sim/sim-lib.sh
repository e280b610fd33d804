# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the scripts here share: sourced by them, with set -eu. A board is espsim,
# and its terminal a pseudo terminal that pty_bridge.c puts in front of it; the
# modem lines come from fake_modem.c.
# shellcheck disable=SC2034
elf=$(cd "$(dirname "$0")/../../tools/sample" && pwd)/sample-esp32c3.elf
failures=0

skip() {
	echo "skipped: $1"
	exit 77
}

clean_up() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	rm -rf "$work"
}

# Create the folder $work for all files. At exit, end the processes in $pids.
begin() {
	work=$(mktemp -d)
	pids=''
	unset ESPFLASH_PORT ESPFLASH_BAUD || true
	trap clean_up EXIT
	trap 'exit 130' INT TERM
}

fail() {
	echo "FAILED: $1; said:"
	tail -n 30 "$work"/*.err "$work"/*log "$work"/out 2>/dev/null || true
	exit 1
}

# await FILE PATTERN: wait until FILE has such a line
await() {
	tries=300
	while ! grep -qs -- "$2" "$1"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "no '$2' in $(basename "$1")"
		sleep 0.05
	done
}

# Record a failure and print the file that shows it. The remaining checks still run.
complain() {
	echo "FAILED $1 in:"
	sed 's/^/    /' "$2"
	failures=$((failures + 1))
}

# expect NAME STATUS PATTERN COMMAND...: check the exit status and a line of the output
expect() {
	what=$1 want=$2 pattern=$3
	shift 3
	status=0
	timeout 100 "$@" >"$work/out" 2>&1 </dev/null || status=$?
	if [ "$status" != "$want" ] || ! grep -q -- "$pattern" "$work/out"; then
		complain "$what: status $status, not $want, or no line like '$pattern'" "$work/out"
	else
		echo "ok $what"
	fi
}

# shellcheck source=tests/rig/promptly.sh
. "$(dirname "$0")/../rig/promptly.sh"

# board ID [OPTION...]: start a board and write its URL to the file board-ID
board() {
	id=$1
	shift
	# shellcheck disable=SC2086
	$promptly "${ESPSIM:?}" --quiet --chip esp32c3 --listen rfc2217://127.0.0.1:0 "$@" \
		>"$work/board-$id" 2>"$work/board-$id.err" &
	pids="$pids $!"
	await "$work/board-$id" rfc2217
}

# bridge ID: start a bridge. Its terminal's name is in the file pty, its lines are at modem-ID,
# its process is $bridge.
bridge() {
	: >"$work/pty"
	rm -f "$work/modem-$1"
	# shellcheck disable=SC2086
	$promptly "${PTY_BRIDGE:?}" "$(head -n 1 "$work/board-$1")" "$work/modem-$1" >"$work/pty" \
		2>"$work/bridge-$1.err" &
	bridge=$!
	pids="$pids $bridge"
	await "$work/pty" /dev
}

# with_modem ID PROGRAM...: run PROGRAM with the modem lines of that terminal
with_modem() {
	id=$1
	shift
	LD_PRELOAD=${FAKE_MODEM:?} EF_FAKE_MODEM=$work/modem-$id EF_FAKE_MODEM_LOG=$work/lines \
		ASAN_OPTIONS=verify_asan_link_order=0 exec "$@"
}

# Find a free TCP port that stays free: one that the system gives to nobody who lets it choose. Two
# tests at once begin their search at different ports.
free_port() {
	end=$(cut -f 1 /proc/sys/net/ipv4/ip_local_port_range)
	[ "$end" -gt 10000 ] || end=32768
	tcp=$((5000 + $$ % (end - 5000)))
	# local addresses of every connection and listener, IPv6's are the last digits
	while cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf %04X $tcp) "; do
		tcp=$((tcp + 1))
	done
	echo $tcp
}
