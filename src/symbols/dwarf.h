/* SPDX-License-Identifier: MIT */
/* Addresses into source lines by DWARF; without libdw in the build nothing is known. */
#ifndef EF_SYMBOLS_DWARF_H
#define EF_SYMBOLS_DWARF_H

#include <espflash/image.h>

/* Strings belong to the DWARF; NULL unknown. Names are as the linker sees them. */
struct ef_dwarf_frame {
	const char *function;
	const char *dir; /* what file is relative to */
	const char *file;
	uint32_t low; /* where the function starts; 0 unknown, or inlined */
	uint32_t line, column;
	bool is_inlined;
};

struct ef_dwarf;

bool ef_dwarf_is_built_in(void);
/*
 * NULL when the ELF has no DWARF that can be read: absence is no fault. Cheap: nothing but the
 * list of compilation units is read before the first address.
 */
struct ef_dwarf *ef_dwarf_open(const struct ef_elf *elf);
/* Accepts NULL. */
void ef_dwarf_close(struct ef_dwarf *d);
/* The innermost first; 0 when the address is in no compilation unit. */
size_t ef_dwarf_find(struct ef_dwarf *d, uint32_t addr, struct ef_dwarf_frame *ret, size_t cap);

#endif
