#!/bin/sh
# SPDX-License-Identifier: MIT
# tree.sh CMAKE BUILD_DIR SOURCE_DIR: installs into a folder of its own, and
# uses what is there as people do: run the programs, compile against the
# library by pkg-config and flash a virtual board with it, read the man pages, load the completions.
set -eu
cmake=$1 build=$2 source=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
root=$work/prefix
failures=0

failed() {
	echo "FAILED $1"
	failures=$((failures + 1))
}

# shellcheck disable=SC1091
. "$here/library.sh"

# one PATTERN: the one installed file of that name
one() {
	find "$root" -path "$root/$1" -type f | grep . || {
		failed "not installed: $1" >&2
		echo "$root/missing"
	}
}

"$cmake" --install "$build" --prefix "$root" >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}

# the programs
"$root/bin/espflash-c" --version >"$work/out" 2>&1 || failed 'espflash-c --version'
grep -qF "${VERSION:?}" "$work/out" || failed "espflash-c --version does not say $VERSION"
"$root/bin/espsim" --help >"$work/out" 2>&1 || failed 'espsim --help'

# the library: every header, and a program made with nothing but pkg-config's answer
for header in "$source"/include/espflash/*.h; do
	cmp -s "$header" "$root/include/espflash/$(basename "$header")" ||
		failed "header $(basename "$header")"
done
one 'lib*/libespflash.a' >/dev/null
pc=$(one 'lib*/pkgconfig/espflash.pc')
if command -v pkg-config >/dev/null; then
	PKG_CONFIG_PATH=$(dirname "$pc")
	export PKG_CONFIG_PATH
	flags=$(pkg-config --static --cflags --libs espflash) || failed 'pkg-config'
	# shellcheck disable=SC2086 # lists of flags
	if compile "$here/uses_library.c" "$work/uses" $flags &&
		compile "$source/docs/examples/flash.c" "$work/example" $flags; then
		"$work/uses" || failed 'the program made with the installed library'
		run_example "$work/example" "$root/bin/espsim"
	else
		failed 'linking with pkg-config --static --cflags --libs espflash'
	fi
else
	echo 'not checked: no pkg-config'
fi

# a man page a command, and references between them that lead somewhere
for page in "$source"/docs/man/*.1; do
	installed=$root/share/man/man1/$(basename "$page")
	cmp -s "$page" "$installed" || { failed "man page $(basename "$page")" && continue; }
	for other in $(sed -n 's/^\.Xr \([^ ]*\) 1.*/\1/p' "$page"); do
		case $other in
		espflash-c*) [ -e "$source/docs/man/$other.1" ] || failed "$page refers to $other" ;;
		esac
	done
done
if command -v mandoc >/dev/null; then
	# it looks for other pages in the system's own folders
	mandoc -T lint "$root"/share/man/man1/*.1 >"$work/lint" || true
	! grep -v 'referenced manual not found' "$work/lint" || failed 'mandoc -T lint'
else
	echo 'not checked: no mandoc'
fi

# completions
for shell in bash zsh fish; do
	case $shell in
	bash) file=$(one 'share/bash-completion/completions/espflash-c') ;;
	zsh) file=$(one 'share/zsh/site-functions/_espflash-c') ;;
	fish) file=$(one 'share/fish/vendor_completions.d/espflash-c.fish') ;;
	esac
	[ -s "$file" ] || failed "completions of $shell are empty"
	if command -v $shell >/dev/null; then
		$shell -n "$file" || failed "$shell -n"
	else
		echo "not checked: no $shell"
	fi
done

rule=$(one 'lib/udev/rules.d/70-espflash-c.rules')
# every line a comment, or matches and assignments
! grep -vE '^(#.*|([A-Z]+(\{[A-Za-z_]+\})?(==|\+=|=)"[^"]*"(, )?)+)?$' "$rule" || failed 'the udev rule'
one 'share/doc/*/LICENSE' >/dev/null
exit $((failures > 0))
