#!/bin/sh
# SPDX-License-Identifier: MIT
# shared.sh CMAKE SOURCE_DIR BUILD_DIR ESPSIM: builds the shared library, installs it
# alone, runs the example against it, and compares its exports with the headers.
# BUILD_DIR stays, so that the next run is a short one.
set -eu
cmake=$1 source=$2 build=$3 espsim=$4
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

if ! command -v pkg-config >/dev/null; then
	echo 'skipped: no pkg-config'
	exit 77
fi
{
	"$cmake" -S "$source" -B "$build" -DBUILD_SHARED_LIBS=ON -DESPFLASH_TESTS=OFF \
		-DCMAKE_C_COMPILER="${CC:?}" -DCMAKE_C_COMPILER_LAUNCHER="${LAUNCHER:-}" \
		-DCMAKE_INSTALL_PREFIX="$root" -DCMAKE_INSTALL_LIBDIR=lib &&
		"$cmake" --build "$build" --target espflash-shared --parallel 2 &&
		"$cmake" --install "$build" --component library
} >"$work/log" 2>&1 || {
	tail -n 40 "$work/log"
	exit 1
}

# a name for each version of the interface
so=$root/lib/libespflash.so
interface=${VERSION%.*}
[ "$(readlink "$so")" = "libespflash.so.$interface" ] || failed "$so is no link to .$interface"
[ -e "$so.$VERSION" ] || failed "no $so.$VERSION"
[ ! -e "$root/lib/libespflash.a" ] || failed 'the archive is installed, too'

# exports: what the headers declare, and nothing else
nm -D --defined-only "$so" | awk '$2 ~ /[TDBR]/ { print $3 }' | sort -u >"$work/exported"
cat "$source"/include/espflash/*.h | tr -cs 'a-z0-9_' '\n' | sort -u >"$work/declared"
! grep -v '^ef_' "$work/exported" || failed 'exported without ef_'
! grep -vxF -f "$work/declared" "$work/exported" || failed 'exported, and in no public header'
grep -qx ef_flasher_write "$work/exported" || failed 'ef_flasher_write is not exported'

PKG_CONFIG_PATH=$root/lib/pkgconfig
LD_LIBRARY_PATH=$root/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
[ "$(pkg-config --modversion espflash)" = "$VERSION" ] || failed 'pkg-config --modversion'
flags=$(pkg-config --cflags --libs espflash) || failed 'pkg-config'
case $flags in
*-lmbedcrypto*) failed "users of the shared library link its private parts: $flags" ;;
esac
# shellcheck disable=SC2086 # a list of flags
if compile "$source/docs/examples/flash.c" "$work/example" $flags; then
	run_example "$work/example" "$espsim"
else
	failed 'linking the example with the shared library'
fi
exit $((failures > 0))
