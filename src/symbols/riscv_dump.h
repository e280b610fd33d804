/* SPDX-License-Identifier: MIT */
/* Collects the registers and the stack of a RISC-V chip from the lines of a panic. */
#ifndef EF_SYMBOLS_RISCV_DUMP_H
#define EF_SYMBOLS_RISCV_DUMP_H

#include "symbols/unwind.h"

/* ESP-IDF prints 1 KiB, esp-backtrace as much as it is configured to. */
#define EF_DUMP_STACK_MAX (64u * 1024)

struct ef_riscv_dump {
	struct ef_unwind_state state; /* pc and registers seen so far */
	bool has_pc;
	bool is_registers; /* a register dump has begun */
	bool is_stack;     /* "Stack memory:" was seen */
	uint32_t stack_addr;
	uint8_t *stack; /* owned; NULL before the first stack line */
	size_t stack_len;
};

enum ef_dump_line {
	EF_DUMP_OTHER,     /* not part of a dump */
	EF_DUMP_REGISTERS, /* registers, now collected */
	EF_DUMP_STACK,     /* a piece of stack, now collected */
	EF_DUMP_WHOLE,     /* a whole dump in one line, now collected */
};

/* Collect a line, and return what it is. */
enum ef_dump_line ef_dump_take(struct ef_riscv_dump *d, const char *line, size_t len);
/* Return whether the dump has all that unwinding needs: pc, sp and stack. */
bool ef_dump_is_complete(const struct ef_riscv_dump *d);
/* Start a new dump. Keeps the memory for it. */
void ef_dump_reset(struct ef_riscv_dump *d);
void ef_dump_release(struct ef_riscv_dump *d);

#endif
