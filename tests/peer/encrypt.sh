#!/bin/sh
# SPDX-License-Identifier: MIT
# esptool and espflash-c let a virtual board encrypt the same files: the flash must be the same.
# usage: encrypt.sh ESPSIM ESPFLASH [CHIP[:no-stub]...]
# The program is $ESPTOOL, else "esptool" of the PATH; without one: exit 77 (skipped).
set -u
espsim=$1 ours=$2
shift 2
esptool=${ESPTOOL:-esptool}
command -v "$esptool" >/dev/null 2>&1 || { echo "no esptool: skipped"; exit 77; }
"$ours" --version --verbose | grep -q 'none built in' && { echo "no stubs: skipped"; exit 77; }
dir=$(mktemp -d) || exit 1
pid=
stop() { [ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; pid=; }
trap 'stop; rm -rf "$dir"' EXIT INT TERM
export NO_COLOR=1 TERM=dumb

start() { # CHIP: sets $url; the flash is full of 0x55
	stop
	mkfifo "$dir/url"
	head -c 4194304 /dev/zero | tr '\0' '\125' >"$dir/flash"
	"$espsim" --chip "$1" --flash "$dir/flash" --encryption development --quiet >"$dir/url" \
		2>"$dir/log" &
	pid=$!
	read -r url <"$dir/url"
	rm "$dir/url"
}

failed=0
try() { # NAME COMMAND...
	name=$1
	shift
	timeout 120 "$@" >"$dir/out" 2>&1 && return
	echo "FAIL $name"
	sed 's/^/     | /' "$dir/out" | tail -n 15
	failed=1
}

{ echo content && head -c 29993 /dev/urandom; } >"$dir/a" # 0xe9 at the start would be an image
{ head -c 5000 /dev/zero; head -c 9000 /dev/zero | tr '\0' '\377'; } >"$dir/b"
for case in "$@"; do
	chip=${case%:*}
	option=
	[ "$chip" = "$case" ] || option=--no-stub
	start "$chip"
	# shellcheck disable=SC2086
	try "esptool $case" "$esptool" --port "$url?ign_set_control" $option --after no-reset write-flash \
		0x230000 "$dir/b" --encrypt-files 0x210000 "$dir/a" 0x220000 "$dir/b"
	mv "$dir/flash" "$dir/theirs"
	start "$chip"
	# shellcheck disable=SC2086
	try "espflash-c $case" "$ours" write-bin --port "$url" $option --after no-reset --no-listen \
		0x230000 "$dir/b" --encrypt-files 0x210000 "$dir/a" 0x220000 "$dir/b"
	# esptool erases the rest of a plain file's last sector, where we keep it
	if cmp -n 2307760 "$dir/theirs" "$dir/flash"; then
		echo "ok   $case"
	else
		failed=1
	fi
done
stop
exit $failed
