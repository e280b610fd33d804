/* SPDX-License-Identifier: MIT */
/* Finds the rules that restore a caller's registers, from .debug_frame or .eh_frame. */
#ifndef EF_SYMBOLS_CFI_H
#define EF_SYMBOLS_CFI_H

#include "base/bytes.h"
#include <espflash/image.h>

/* The integer registers of RISC-V. Unwinding needs no floating-point register. */
#define EF_CFI_REGS 32u

enum ef_cfi_kind {
	EF_CFI_UNSPECIFIED, /* the ABI decides */
	/* the register is lost; a lost return address marks the outermost frame */
	EF_CFI_UNDEFINED,
	EF_CFI_SAME,
	EF_CFI_AT,       /* stored at CFA + value */
	EF_CFI_IS,       /* is CFA + value */
	EF_CFI_REGISTER, /* is in register value; for the CFA: register reg + value */
	EF_CFI_EXPR_AT,  /* stored at the address that the expression yields */
	EF_CFI_EXPR,     /* is the value that the expression yields */
};

struct ef_cfi_rule {
	uint8_t kind, reg;
	int32_t value;
	uint32_t expr, expr_len; /* place in the section; inside it */
};

struct ef_cfi_row {
	const uint8_t *section; /* the section; expr is an offset into it */
	struct ef_cfi_rule cfa;
	struct ef_cfi_rule reg[EF_CFI_REGS];
	uint8_t return_reg;
	bool is_signal; /* the caller was interrupted: its pc is not a return address */
};

enum ef_cfi_result { EF_CFI_OK, EF_CFI_NONE, EF_CFI_BAD };

/* NONE: the ELF has no frame information for pc; BAD: it is damaged or unknown. */
enum ef_cfi_result ef_cfi_find(const struct ef_elf *elf, uint32_t pc, struct ef_cfi_row *ret);

/* Read a LEB128 number: its lower 32 bits. */
uint32_t ef_cfi_leb(struct ef_rd *r, bool is_signed);

#endif
