/* SPDX-License-Identifier: MIT */
/* Shared by the partition_*.c files. */
#ifndef EF_IMAGE_PARTITION_PRIV_H
#define EF_IMAGE_PARTITION_PRIV_H

#include <espflash/partition.h>
#include <espflash/region.h>

#include "base/util.h"

#define PART_APP_ALIGN 0x10000u
#define PART_ENTRY     32u

/* A piece of text, not terminated. */
struct text {
	const char *p;
	size_t len;
};

/* ---- partition_text.c: text with the rules of Python's str ---- */

/* Convert text to UTF-8. A byte order mark selects the encoding; the default is UTF-8. */
bool part_text_decode(const uint8_t *data, size_t len, struct ef_buf *ret,
		      struct ef_err *err) EF_MUST_CHECK;
/* Remove the next line from rest; false at the end. */
bool part_text_line(struct text *rest, struct text *ret);
struct text part_text_strip(struct text t);
/*
 * Parse an integer, with suffixes k and m, or a keyword (keywords may be NULL).
 * False if it is neither, or its absolute value exceeds 2^40.
 */
struct part_keyword {
	const char *name; /* NULL ends a list */
	uint8_t value;
};
bool part_parse_int(struct text t, const struct part_keyword *keywords, int64_t *ret);

/* ---- partition_names.c ---- */

extern const struct part_keyword part_types[];
/* Return the subtypes of a type; NULL if they have no names. */
const struct part_keyword *part_subtypes(uint8_t type);

/* ---- partition_check.c ---- */

/* opts, or defaults for NULL, with the default table offset filled in. */
struct ef_partition_opts part_opts(const struct ef_partition_opts *opts);
/*
 * Return whether this is the bootloader or the table itself, which lie below the first free
 * address.
 */
bool part_is_primary(uint8_t type, uint8_t subtype);
uint32_t part_align(uint8_t type);

#endif
