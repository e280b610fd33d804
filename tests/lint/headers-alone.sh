#!/bin/sh
# SPDX-License-Identifier: MIT
# headers-alone.sh CC SOURCE_DIR: each public header compiles on its own, as C and as C++.
cc=$1 source=$2
status=0

# each COMPILER LANGUAGE STANDARD
each() {
	for header in "$source"/include/espflash/*.h; do
		printf '#include <espflash/%s>\n#include <espflash/err.h>\n%s\n' \
			"$(basename "$header")" 'struct ef_err err = EF_ERR_INIT;' |
			"$1" -x "$2" "-std=$3" -Wall -Wextra -Wpedantic -Werror \
				-I "$source/include" -fsyntax-only - || status=1
	done
}

each "$cc" c c11
for cxx in ${CXX:-} g++ clang++; do
	if command -v "$cxx" >/dev/null; then
		each "$cxx" c++ c++17
		exit $status
	fi
done
echo 'not checked as C++: no compiler for it'
exit $status
