/* SPDX-License-Identifier: MIT */
/* Parts of ere_compile.c: sets of bytes, and where a match can begin. */
#ifndef EF_MONITOR_ERE_LIST_H
#define EF_MONITOR_ERE_LIST_H

#include "monitor/ere.h"

static inline bool ere_set_has(const struct ere_set *set, uint8_t byte)
{
	return set->bits[byte / 8u] >> (byte % 8u) & 1u;
}

/*
 * Read a [list] from behind its bracket. Returns NULL and moves *at behind it, or returns what is
 * wrong with it.
 */
const char *ere_read_list(const char **at, struct ere_set *ret);
/* The set of \w, \W, \s or \S. */
bool ere_named_set(char name, struct ere_set *ret);
/* Fill in e->first and e->can_be_empty. */
void ere_note_first(struct ere *e);

#endif
