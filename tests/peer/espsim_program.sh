#!/bin/sh
# SPDX-License-Identifier: MIT
# The program espsim itself: arguments, its flash file, a clean end.
# usage: espsim_program.sh ESPSIM
set -u
espsim=$1
dir=$(mktemp -d) || exit 1
pid=
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT INT TERM
failed=0 first='' second=''
check() { # WHAT CONDITION...
	what=$1
	shift
	"$@" || { echo "FAIL $what"; failed=1; }
}
refused() { # ARGUMENTS...: exit status 2 and a message
	"$espsim" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	[ $? -eq 2 ] && grep -q '^espsim: error: ' "$dir/err"
}

check help "$espsim" --help >"$dir/help"
check "help text" grep -q -- --listen "$dir/help"
check "no chip" refused
check "unknown chip" refused --chip esp9000
check "unknown option" refused --chip esp32 --frobnicate 1
check "bad size" refused --chip esp32 --size 5
check "bad URL" refused --chip esp32 --listen http://127.0.0.1:0
check "bad fault" refused --chip esp32 --fault no-such-thing=1
check "impossible board" refused --chip esp32 --secure-download

mkfifo "$dir/url"
"$espsim" --chip esp32 --flash "$dir/flash" --size 2MB --factory --quiet \
	--listen rfc2217://127.0.0.1:0 --listen socket://127.0.0.1:0 >"$dir/url" &
pid=$!
{ read -r first && read -r second; } <"$dir/url"
echo "$first" >"$dir/first"
echo "$second" >"$dir/second"
check "first URL" grep -q '^rfc2217://127.0.0.1:[1-9][0-9]*$' "$dir/first"
check "second URL" grep -q '^socket://127.0.0.1:[1-9][0-9]*$' "$dir/second"
kill "$pid"
wait "$pid"
check "end by SIGTERM" test $? -eq 0
pid=
check "size of the flash file" test "$(wc -c <"$dir/flash")" -eq 2097152
magic=$(od -An -tx1 -j 4096 -N 1 "$dir/flash" | tr -d ' ')
check "factory bootloader in the file" test "$magic" = e9
exit $failed
