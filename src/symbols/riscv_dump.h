/* SPDX-License-Identifier: MIT */
/* Registers and stack of a RISC-V chip, collected from the lines of a panic. */
#ifndef EF_SYMBOLS_RISCV_DUMP_H
#define EF_SYMBOLS_RISCV_DUMP_H

#include "symbols/unwind.h"

/* ESP-IDF prints 1 KiB; esp-backtrace as much as it was configured to. */
#define EF_DUMP_STACK_MAX (64u * 1024)

struct ef_riscv_dump {
	struct ef_unwind_state state; /* pc and registers seen so far */
	bool has_pc;
	bool is_registers; /* a register dump has begun */
	bool is_stack;     /* "Stack memory:" was seen */
	uint32_t stack_addr;
	uint8_t *stack; /* owned; NULL until the first line of it */
	size_t stack_len;
};

enum ef_dump_line {
	EF_DUMP_OTHER,     /* no part of a dump */
	EF_DUMP_REGISTERS, /* taken */
	EF_DUMP_STACK,     /* taken */
	EF_DUMP_WHOLE,     /* a whole dump in a line */
};

/* What the line is to a dump. */
enum ef_dump_line ef_dump_take(struct ef_riscv_dump *d, const char *line, size_t len);
/* Whether a line of this kind ends what was collected, and it is enough to unwind. */
bool ef_dump_is_complete(const struct ef_riscv_dump *d);
/* Empty it; the memory is kept for the next. */
void ef_dump_reset(struct ef_riscv_dump *d);
void ef_dump_release(struct ef_riscv_dump *d);

#endif
