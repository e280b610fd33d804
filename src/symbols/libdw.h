/* SPDX-License-Identifier: MIT */
/*
 * libdw's functions. libdw brings libelf and three decompressors. So the program loads it with the
 * first DWARF, where the host can.
 */
#ifndef EF_SYMBOLS_LIBDW_H
#define EF_SYMBOLS_LIBDW_H

#include <elfutils/libdw.h>

#include <stdbool.h>

#define EF_LIBDW_FUNCTIONS(F)                                                                      \
	F(dwarf_attr)                                                                              \
	F(dwarf_attr_integrate)                                                                    \
	F(dwarf_begin_elf)                                                                         \
	F(dwarf_child)                                                                             \
	F(dwarf_decl_file)                                                                         \
	F(dwarf_decl_line)                                                                         \
	F(dwarf_diename)                                                                           \
	F(dwarf_dieoffset)                                                                         \
	F(dwarf_end)                                                                               \
	F(dwarf_filesrc)                                                                           \
	F(dwarf_formstring)                                                                        \
	F(dwarf_formudata)                                                                         \
	F(dwarf_get_units)                                                                         \
	F(dwarf_getsrc_die)                                                                        \
	F(dwarf_getsrcfiles)                                                                       \
	F(dwarf_linecol)                                                                           \
	F(dwarf_lineno)                                                                            \
	F(dwarf_linesrc)                                                                           \
	F(dwarf_offdie)                                                                            \
	F(dwarf_ranges)                                                                            \
	F(dwarf_siblingof)                                                                         \
	F(dwarf_tag)                                                                               \
	F(elf_end)                                                                                 \
	F(elf_memory)                                                                              \
	F(elf_version)

struct ef_libdw {
#define EF_LIBDW_MEMBER(name) __typeof__(name) *name;
	EF_LIBDW_FUNCTIONS(EF_LIBDW_MEMBER)
#undef EF_LIBDW_MEMBER
};

/*
 * Load libdw. False: the host has no libdw, and ef_dw is not set. It stays loaded until the program
 * ends.
 */
bool ef_dw_load(void);
extern struct ef_libdw ef_dw;

#endif
