# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# How a C programmer uses the installed library: sourced by tree.sh and shared.sh,
# which set here, source and work, and define failed().

# compile FILE PROGRAM FLAGS...: with warnings as errors, and those flags at the end
compile() {
	file=$1 program=$2
	shift 2
	# shellcheck disable=SC2086 # a list of flags
	"${CC:?}" -std=c11 -Wall -Wextra -Werror ${EXTRA_FLAGS:-} -o "$program" "$file" "$@"
}

# run_example PROGRAM ESPSIM: it writes a file to a virtual board, whose flash then holds it
run_example() {
	rm -f "$work/flash.bin" "$work/url"
	# a byte of an image at the start would be judged as one
	{ echo content && head -c 99992 /dev/urandom; } >"$work/app.bin"
	mkfifo "$work/url"
	"$2" --chip esp32c3 --flash "$work/flash.bin" --once >"$work/url" 2>"$work/board.log" &
	board=$!
	read -r url <"$work/url"
	if ! "$1" "$url" "$work/app.bin" >"$work/out" 2>&1; then
		cat "$work/out"
		failed "$1 $url"
		kill "$board"
		return
	fi
	wait "$board" || failed 'espsim --once'
	grep -q '^ESP32-C3 with 4096 KiB of flash$' "$work/out" || failed 'the chip is not identified'
	grep -q '^app: 100 %$' "$work/out" || failed 'the progress does not end at 100 %'
	dd if="$work/flash.bin" bs=4096 skip=16 2>/dev/null | head -c 100000 |
		cmp - "$work/app.bin" || failed 'the flash does not hold the file'
	# a port that isn't there: the error's code, message and hint
	status=0
	"$1" /nonexistent/port "$work/app.bin" >"$work/out" 2>&1 || status=$?
	[ $status = 3 ] || failed "a missing port: exit status $status"
	grep -q '^PORT_MISSING: ' "$work/out" || failed 'a missing port: no hint'
}
