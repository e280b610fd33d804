/* SPDX-License-Identifier: MIT */
/* Finds source lines of addresses, and places of variables, by DWARF. src/defmt uses it, too. */
#ifndef EF_SYMBOLS_DWARF_H
#define EF_SYMBOLS_DWARF_H

#include <espflash/image.h>

/* How deep functions and namespaces may be nested. */
#define EF_DWARF_SCOPES_MAX 48u

/* Strings belong to the DWARF; NULL: unknown. Names are mangled. */
struct ef_dwarf_frame {
	const char *function;
	const char *dir; /* a relative file name starts here */
	const char *file;
	uint32_t low; /* where the function starts; 0: unknown, or inlined */
	uint32_t line, column;
	bool is_inlined;
};

struct ef_dwarf;

/* False: the build or the host has no libdw, and ef_dwarf_open() finds nothing. */
bool ef_dwarf_is_there(void);
/*
 * NULL when the ELF has no DWARF that can be read, which is not an error. The call is cheap: DWARF
 * is read at the first query. It borrows the ELF's bytes.
 */
struct ef_dwarf *ef_dwarf_open(const struct ef_elf *elf);
/* Accepts NULL. */
void ef_dwarf_close(struct ef_dwarf *d);
/*
 * Find the functions around an address, the innermost inlined one first. Returns how many; 0 when
 * the address is in no compilation unit. d may be NULL.
 */
size_t ef_dwarf_find(struct ef_dwarf *d, uint32_t addr, struct ef_dwarf_frame *ret, size_t cap);

/* A variable's declaration. Strings as above. */
struct ef_dwarf_variable {
	const char *linkage_name;
	const char *dir, *file;
	uint32_t line;                          /* 0: unknown */
	const char *scope[EF_DWARF_SCOPES_MAX]; /* the namespaces around it, from the outermost */
	size_t scope_count;
};

typedef void ef_dwarf_variable_fn(void *user, const struct ef_dwarf_variable *variable);
/* Call found for each variable of that name. d may be NULL. */
void ef_dwarf_variables(struct ef_dwarf *d, const char *name, ef_dwarf_variable_fn *found,
			void *user);

#endif
