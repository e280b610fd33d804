/* SPDX-License-Identifier: MIT */
/*
 * 48 KiB that don't compress: the words of a linear congruential generator
 * (Numerical Recipes' constants). They make flashing take a moment, and
 * sample.c checks every one of them.
 */
	.section .flash.rodata, "a"
	.balign	4
	.globl	pattern, pattern_end
pattern:
	.set	.Lx, 1
	.rept	12288
	.set	.Lx, (.Lx * 1664525 + 1013904223) & 0xffffffff
	.4byte	.Lx
	.endr
pattern_end:
