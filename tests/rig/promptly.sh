# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# A chip and its cable do not wait for a processor, and the program gives up one that is late. So
# they go first, where that is allowed: $promptly PROGRAM...
promptly=
if [ "$(nice -n -10 nice 2>/dev/null || nice)" -lt "$(nice)" ]; then
	promptly='nice -n -10'
fi
