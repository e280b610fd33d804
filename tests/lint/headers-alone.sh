#!/bin/sh
# SPDX-License-Identifier: MIT
# headers-alone.sh CC SOURCE_DIR: each public header compiles on its own.
status=0
for header in "$2"/include/espflash/*.h; do
	printf '#include <espflash/%s>\n' "$(basename "$header")" |
		"$1" -std=c11 -Wall -Wextra -Werror -I "$2/include" -fsyntax-only -x c - || status=1
done
exit $status
