#!/bin/sh
# SPDX-License-Identifier: MIT
# Golden tests of the program: each tests/cli/AREA/CASE.sh runs in a folder of
# its own; exit status, stdout and stderr must be those of CASE.exit (0 when
# missing), CASE.stdout and CASE.stderr (empty when missing), see match.awk.
#   run.sh [--update] [CASE.sh...]     all cases without names
# ESPFLASH and ESPSIM are the programs under test, CORPUS the test data.
# --update writes what came out as what is expected: look at the diff.
here=$(cd "$(dirname "$0")" && pwd) || exit 2
update=
[ "$1" = --update ] && update=1 && shift
: "${ESPFLASH:?}" "${ESPSIM:=}" "${GEN_DOCS:=}" "${ESPFLASH_FAKE:=}" "${PTY_KEYS:=}" "${OWN_TIME:=}" "${HOSTILE_PEER:=}" "${PTY_BRIDGE:=}" "${FAKE_MODEM:=}" "${CORPUS:=$here/../../../shared/corpus}"
[ $# -gt 0 ] || set -- "$here"/*/*.sh
failed=0 skipped=0 ran=0

# Replace what differs from run to run: times, ports, folders.
generic() {
	sed -e "s|$work|*|g" -e "s|$CORPUS|*|g" -e "s|$SRC|*|g" \
		-e 's/\[[0-9-]*T[0-9:.]*Z /[*Z /' -e 's/127\.0\.0\.1:[0-9]*/127.0.0.1:*/g' \
		-e 's/([0-9,]* sent) in [0-9.]* s, [0-9.]* kbit/(* sent) in * s, * kbit/' "$1"
}

check() { # part, actual
	want=$base.$1
	if [ -n "$update" ]; then
		if [ -s "$2" ]; then generic "$2" >"$want"; else rm -f "$want"; fi
		return 0
	fi
	[ -e "$want" ] || want=/dev/null
	# shellcheck disable=SC2094
	if [ ! -s "$want" ] && [ ! -s "$2" ]; then
		return 0
	fi
	LC_ALL=C awk -f "$here/match.awk" "$want" "$2" >"$work.why" && [ -s "$want" ] && return 0
	echo "$name: $1: $(cat "$work.why")"
	diff -u "$want" "$2" | sed 's/^/    /'
	return 1
}

run_case() {
	base=${1%.sh} name=${1#"$here"/}
	if [ ! -d "$CORPUS" ] && grep -q '(corpus ' "$1"; then
		echo "$name: skipped: no corpus"
		skipped=$((skipped + 1))
		return
	fi
	work=$(mktemp -d "${TMPDIR:-/tmp}/ef-cli-XXXXXX") || exit 2
	mkdir "$work/in" "$work/home"
	(
		cd "$work/in" || exit 2
		unset ESPFLASH_PORT ESPFLASH_BAUD MONITOR_BAUD ESPFLASH_SKIP_UPDATE_CHECK NO_COLOR CI \
			RUST_LOG ESPTOOL_CFGFILE XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME \
			XDG_RUNTIME_DIR CARGO_HOME COLUMNS PLATFORMIO_CORE_DIR \
			ARDUINO_DIRECTORIES_DATA IDF_PATH IDF_TOOLS_PATH ESP_ROM_ELF_DIR
		export HOME="$work/home" XDG_DATA_DIRS=/nonexistent LC_ALL=C TZ=UTC TERM=xterm
		export ESPFLASH ESPSIM CORPUS SRC GEN_DOCS ESPFLASH_FAKE PTY_KEYS OWN_TIME HOSTILE_PEER PTY_BRIDGE FAKE_MODEM
		# shellcheck disable=SC1091
		. "$here/lib.sh"
		# shellcheck disable=SC1090
		. "$1"
	) >"$work/out" 2>"$work/err" 3>"$work/skip" </dev/null
	status=$?
	# a case may have started its board in a folder of its own
	find "$work/in" -name board.pid -exec cat {} + 2>/dev/null | xargs -r kill 2>/dev/null
	if [ $status = 77 ]; then
		echo "$name: skipped: $(cat "$work/skip")"
		skipped=$((skipped + 1))
	else
		ran=$((ran + 1))
		echo $status >"$work/status"
		[ $status = 0 ] && : >"$work/status"
		ok=0
		check exit "$work/status" || ok=1
		check stdout "$work/out" || ok=1
		check stderr "$work/err" || ok=1
		failed=$((failed + ok))
	fi
	rm -rf "$work" "$work.why"
}

SRC=$(cd "$here/../.." && pwd)
[ -d "$CORPUS" ] && CORPUS=$(cd "$CORPUS" && pwd)
for case in "$@"; do
	run_case "$(cd "$(dirname "$case")" && pwd)/$(basename "$case")"
done
echo "$ran run, $failed failed, $skipped skipped"
[ $failed = 0 ] || exit 1
[ $ran -gt 0 ] || exit 77
