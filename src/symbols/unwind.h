/* SPDX-License-Identifier: MIT */
/* Unwinds a RISC-V stack, from dumped registers and a piece of dumped memory. */
#ifndef EF_SYMBOLS_UNWIND_H
#define EF_SYMBOLS_UNWIND_H

#include "symbols/cfi.h"
#include "symbols/symbols_priv.h"

/* The dumped memory; the unwinder reads no other. */
struct ef_unwind_memory {
	uint32_t addr;
	const uint8_t *data;
	size_t len;
};

struct ef_unwind_state {
	uint32_t pc;
	uint32_t reg[EF_CFI_REGS];
	uint32_t known; /* bit n: the value of register n is known */
	bool is_return; /* pc is a return address, not the instruction that ran */
};

enum ef_unwind_result {
	EF_UNWIND_OK,      /* the state is now the caller's */
	EF_UNWIND_END,     /* this was the outermost frame */
	EF_UNWIND_NO_CODE, /* no ELF has code at pc */
	EF_UNWIND_NO_CFI,  /* the ELF has no frame information for pc */
	EF_UNWIND_BAD_CFI,
	EF_UNWIND_OUTSIDE,   /* the dump lacks the memory that is needed */
	EF_UNWIND_UNKNOWN,   /* the dump lacks a register that is needed */
	EF_UNWIND_NO_RETURN, /* the function at pc did not save its return address */
	EF_UNWIND_LOOP,      /* the caller's frame is not above this one: the stack is damaged */
};

enum { EF_RISCV_RA = 1, EF_RISCV_SP = 2 };

/* Go one frame up. Changes the state only if it returns OK. */
enum ef_unwind_result ef_unwind_step(const struct ef_symbols *s,
				     const struct ef_unwind_memory *memory,
				     struct ef_unwind_state *state);
/* Return the address to look pc up by: for a return address, inside the call before it. */
static inline uint32_t ef_unwind_lookup(const struct ef_unwind_state *state)
{
	return state->is_return ? state->pc - 1 : state->pc;
}

#endif
