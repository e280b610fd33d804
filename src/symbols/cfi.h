/* SPDX-License-Identifier: MIT */
/* How a function's frame is taken down again, by .debug_frame or .eh_frame. */
#ifndef EF_SYMBOLS_CFI_H
#define EF_SYMBOLS_CFI_H

#include <espflash/image.h>

/* The integer registers of RISC-V; floating point ones are nothing to an unwinder. */
#define EF_CFI_REGS 32u

enum ef_cfi_kind {
	EF_CFI_UNSPECIFIED, /* the ABI says */
	EF_CFI_UNDEFINED,   /* lost; of the return address: the outermost frame */
	EF_CFI_SAME,
	EF_CFI_AT,       /* stored at CFA + value */
	EF_CFI_IS,       /* is CFA + value */
	EF_CFI_REGISTER, /* is in register value; of the CFA: register reg + value */
	EF_CFI_EXPR_AT,  /* stored where the expression says */
	EF_CFI_EXPR,     /* is what the expression says */
};

struct ef_cfi_rule {
	uint8_t kind, reg;
	int32_t value;
	uint32_t expr, expr_len; /* in the section; checked */
};

struct ef_cfi_row {
	const uint8_t *section; /* what expr counts from */
	struct ef_cfi_rule cfa;
	struct ef_cfi_rule reg[EF_CFI_REGS];
	uint8_t return_reg;
	bool is_signal; /* the caller was interrupted: its pc is no return address */
};

enum ef_cfi_result { EF_CFI_OK, EF_CFI_NONE, EF_CFI_BAD };

/* NONE: there is nothing about pc; BAD: there is, but it makes no sense. */
enum ef_cfi_result ef_cfi_find(const struct ef_elf *elf, uint32_t pc, struct ef_cfi_row *ret);

#endif
