/* SPDX-License-Identifier: MIT */
/* QEMU's riscv32 virt board: RAM from 0x80000000. Traps go to the dump. */
	.section .init, "ax"
	.globl _start
	.type _start, @function
_start:
	.cfi_startproc
	.cfi_undefined ra
	la sp, stack_top
	la t0, trap
	csrw mtvec, t0
	call main
1:	j 1b
	.cfi_endproc
	.size _start, . - _start

	.text
	.balign 4
	.globl trap
	.type trap, @function
trap:	/* x1 to x31, then mepc, as the dump wants them */
	csrw mscratch, t6
	la t6, registers
	sw x1, 4(t6)
	sw x2, 8(t6)
	sw x3, 12(t6)
	sw x4, 16(t6)
	sw x5, 20(t6)
	sw x6, 24(t6)
	sw x7, 28(t6)
	sw x8, 32(t6)
	sw x9, 36(t6)
	sw x10, 40(t6)
	sw x11, 44(t6)
	sw x12, 48(t6)
	sw x13, 52(t6)
	sw x14, 56(t6)
	sw x15, 60(t6)
	sw x16, 64(t6)
	sw x17, 68(t6)
	sw x18, 72(t6)
	sw x19, 76(t6)
	sw x20, 80(t6)
	sw x21, 84(t6)
	sw x22, 88(t6)
	sw x23, 92(t6)
	sw x24, 96(t6)
	sw x25, 100(t6)
	sw x26, 104(t6)
	sw x27, 108(t6)
	sw x28, 112(t6)
	sw x29, 116(t6)
	sw x30, 120(t6)
	csrr t0, mscratch
	sw t0, 124(t6)
	csrr t0, mepc
	sw t0, 0(t6)
	la sp, trap_stack_top
	mv a0, t6
	call dump
	j .
	.size trap, . - trap

	.bss
	.balign 16
	.globl registers
registers:
	.space 128
	.space 2048
trap_stack_top:
	.space 64
	.space 4096
	.globl stack_top
stack_top:
	.space 64
