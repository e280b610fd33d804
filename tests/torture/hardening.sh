#!/bin/sh
# SPDX-License-Identifier: MIT
# hardening.sh PROGRAM ARCHIVE FLAGS: what the compiler and the linker should have done is in the
# program. FLAGS are the options of the build that the ELF file does not show.
set -u
program=$1 archive=$2 flags=$3
if ! command -v readelf >/dev/null || ! readelf -hW "$program" >/dev/null 2>&1; then
	echo 'skipped: no readelf, or no ELF program'
	exit 77
fi
failed=0

want() { # WHAT PATTERN OPTION
	readelf -W "$3" "$program" 2>/dev/null | grep -q -e "$2" || {
		echo "$1 is missing"
		failed=1
	}
}

want 'position independence (PIE)' 'Type:.*DYN' -h
want 'immediate binding (-z now)' 'NOW' -d
want 'read-only relocations (-z relro)' GNU_RELRO -l
want 'stack protector' '__stack_chk_fail' --dyn-syms
if readelf -lW "$program" | grep -q 'GNU_STACK.*RWE'; then
	echo 'the stack is executable'
	failed=1
fi
# A debug build has no optimisation, hence no FORTIFY.
case $flags in
*_FORTIFY_SOURCE=3*) want 'FORTIFY' '__[a-z]*_chk@' --dyn-syms ;;
*_FORTIFY_SOURCE=*) echo 'FORTIFY: level 2, this compiler has no level 3' ;;
*) echo 'FORTIFY: off in this build type' ;;
esac
case $flags in
*-fstack-clash-protection*) ;;
*)
	echo '-fstack-clash-protection is missing'
	failed=1
	;;
esac
# The linker marks the program only if the C library's start files are marked, too, and Debian's are
# not. Hence look at our own objects.
case $flags in
*-fcf-protection*)
	objects=$(ar t "$archive" | wc -l)
	marked=$(readelf -n "$archive" 2>/dev/null | grep -c 'x86 feature: IBT, SHSTK')
	[ "$marked" = "$objects" ] || {
		echo "CET: $marked of $objects objects"
		failed=1
	}
	;;
esac
exit $failed
