/* SPDX-License-Identifier: MIT */
/* Takes the place of dwarf.c in builds without libdw: no ELF has DWARF. */
#include "symbols/dwarf.h"

bool ef_dwarf_is_there(void)
{
	return false;
}

struct ef_dwarf *ef_dwarf_open(const struct ef_elf *elf)
{
	(void)elf;
	return NULL;
}

void ef_dwarf_close(struct ef_dwarf *d)
{
	(void)d;
}

size_t ef_dwarf_find(struct ef_dwarf *d, uint32_t addr, struct ef_dwarf_frame *ret, size_t cap)
{
	(void)d;
	(void)addr;
	(void)ret;
	(void)cap;
	return 0;
}

void ef_dwarf_variables(struct ef_dwarf *d, const char *name, ef_dwarf_variable_fn *found,
			void *user)
{
	(void)d;
	(void)name;
	(void)found;
	(void)user;
}
