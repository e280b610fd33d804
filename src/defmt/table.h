/* SPDX-License-Identifier: MIT */
/*
 * The format strings of an ELF, by their index on the wire. The facts come from
 * knurling-rs/defmt: defmt-decoder 1.1.0, wire formats 3 and 4.
 */
#ifndef EF_DEFMT_TABLE_H
#define EF_DEFMT_TABLE_H

#include "base/util.h"
#include "defmt/int128.h"
#include <espflash/image.h>

enum defmt_tag {
	DEFMT_TAG_PRIM,
	DEFMT_TAG_DERIVED,
	DEFMT_TAG_BITFLAGS,
	DEFMT_TAG_WRITE,
	DEFMT_TAG_STR,
	DEFMT_TAG_TIMESTAMP,
	DEFMT_TAG_BITFLAGS_VALUE,
	DEFMT_TAG_PRINTLN, /* a frame can begin with this tag or a later one */
	DEFMT_TAG_TRACE,
	DEFMT_TAG_DEBUG,
	DEFMT_TAG_INFO,
	DEFMT_TAG_WARN,
	DEFMT_TAG_ERROR,
};

struct defmt_entry {
	uint32_t index;
	uint32_t order; /* index in the symbol table */
	enum defmt_tag tag;
	char *text; /* owned: the format string */
	size_t text_len;
	char *crate;         /* owned */
	const char *symbol;  /* the whole symbol name; points into the ELF */
	char *file, *module; /* owned; NULL: unknown */
	uint32_t line;
};

struct defmt_flag {
	char *key, *name; /* owned */
	uint32_t order;
	struct defmt_int value;
};

struct defmt_table {
	struct defmt_entry *entry; /* sorted by index */
	size_t count, cap;
	struct defmt_flag *flag; /* sorted by key, then order */
	size_t flag_count, flag_cap;
	char *timestamp;  /* owned format string; NULL: none */
	bool is_raw;      /* frames have no encoding; else rzcobs */
	size_t log_count; /* entries that a frame can begin with */
};

bool defmt_table_read(const struct ef_elf *elf, struct defmt_table *ret,
		      struct ef_err *err) EF_MUST_CHECK;
void defmt_table_release(struct defmt_table *t);
const struct defmt_entry *defmt_table_find(const struct defmt_table *t, uint32_t index);

/* location.c: set file, line and module of the entries whose place DWARF has. */
void defmt_locate(struct defmt_table *t, const struct ef_elf *elf);

#endif
