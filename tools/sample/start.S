/* SPDX-License-Identifier: MIT */
/*
 * Entered by the second-stage bootloader with the flash mapped, RAM segments
 * loaded and interrupts off. In IRAM, as the entry of an ESP-IDF program is.
 */
	.section .iram0.text, "ax"
	.globl _start
_start:
	csrci	mstatus, 8		/* MIE: nothing here takes an interrupt */
	la	sp, _stack_top
	la	a0, _bss_start
	la	a1, _bss_end
1:	bgeu	a0, a1, 2f
	sw	zero, 0(a0)
	addi	a0, a0, 4
	j	1b
2:	lui	a0, %hi(sample_main)	/* 28 MiB away: no relative jump reaches it */
	jr	%lo(sample_main)(a0)
