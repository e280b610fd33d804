/* SPDX-License-Identifier: MIT */
/* From registers and a piece of stack to the calls that led there. */
#ifndef EF_SYMBOLS_UNWIND_H
#define EF_SYMBOLS_UNWIND_H

#include "symbols/cfi.h"
#include "symbols/symbols_priv.h"

/* The only memory there is. */
struct ef_unwind_memory {
	uint32_t addr;
	const uint8_t *data;
	size_t len;
};

struct ef_unwind_state {
	uint32_t pc;
	uint32_t reg[EF_CFI_REGS];
	uint32_t known; /* a bit for each register whose value is known */
	bool is_return; /* pc is where a call returns to, not what ran */
};

enum ef_unwind_result {
	EF_UNWIND_OK,      /* state is the caller's now */
	EF_UNWIND_END,     /* it was the outermost frame */
	EF_UNWIND_NO_CODE, /* pc is in none of the ELFs */
	EF_UNWIND_NO_CFI,  /* the ELF says nothing about pc's frame */
	EF_UNWIND_BAD_CFI,
	EF_UNWIND_OUTSIDE, /* what is needed lies outside the memory */
	EF_UNWIND_UNKNOWN, /* a register is needed that the dump lacks */
	EF_UNWIND_LOOP,    /* the stack would not grow: it is damaged */
};

enum { EF_RISCV_RA = 1, EF_RISCV_SP = 2, EF_RISCV_FP = 8 };

/* One frame up. On anything but OK the state is as it was. */
enum ef_unwind_result ef_unwind_step(const struct ef_symbols *s,
				     const struct ef_unwind_memory *memory,
				     struct ef_unwind_state *state);
/* What to look an address up by: of a return address, the call before it. */
static inline uint32_t ef_unwind_lookup(const struct ef_unwind_state *state)
{
	return state->is_return ? state->pc - 1 : state->pc;
}

#endif
