/* SPDX-License-Identifier: MIT */
/* Queries on symbols for the decoder and the unwinder, besides the public ones. */
#ifndef EF_SYMBOLS_SYMBOLS_PRIV_H
#define EF_SYMBOLS_SYMBOLS_PRIV_H

#include <espflash/image.h>
#include <espflash/symbols.h>

/* Return the first ELF that has code at addr; NULL: none has. */
const struct ef_elf *ef_symbols_code_at(const struct ef_symbols *s, uint32_t addr);
/* Return whether the RISC-V instruction before addr is a call, so that addr is a return address. */
bool ef_symbols_is_return(const struct ef_symbols *s, uint32_t addr);
/* Return EF_EM_... of the first ELF; 0 without one. */
uint16_t ef_symbols_machine(const struct ef_symbols *s);

#endif
