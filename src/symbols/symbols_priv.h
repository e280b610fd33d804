/* SPDX-License-Identifier: MIT */
/* What the decoder and the unwinder ask of the symbols besides their public face. */
#ifndef EF_SYMBOLS_SYMBOLS_PRIV_H
#define EF_SYMBOLS_SYMBOLS_PRIV_H

#include <espflash/image.h>
#include <espflash/symbols.h>

/* The first ELF in whose code addr is; NULL: in none. */
const struct ef_elf *ef_symbols_code_at(const struct ef_symbols *s, uint32_t addr);
/* Whether the RISC-V instruction before addr is a call: then addr is where it returns to. */
bool ef_symbols_is_return(const struct ef_symbols *s, uint32_t addr);
/* Machine of the first ELF. */
uint16_t ef_symbols_machine(const struct ef_symbols *s);

#endif
