/* SPDX-License-Identifier: MIT */
/* The entries of an archive, zip or tar. Shared by the files of this folder only. */
#ifndef EF_INPUT_ENTRIES_H
#define EF_INPUT_ENTRIES_H

#include "base/unzip.h"
#include "input/input_priv.h"

/* An open archive. Initialise with zeros. */
struct input_entries {
	struct ef_unzip zip;
	struct input_tar_entry *tar; /* NULL: it is a zip */
	size_t count;
};

/* Return whether the source is an archive. */
bool input_entries_are(const struct input_src *src);
/*
 * Open an archive; in owns the names. The source's data must stay. INPUT: damaged, or too many
 * entries.
 */
bool input_entries_open(struct input_entries *e, const struct input_src *src, struct ef_input *in,
			struct ef_err *err) EF_MUST_CHECK;
/* Accepts one that was never opened. */
void input_entries_close(struct input_entries *e);
/* Return the entry's path in the archive; "" if it has none. */
const char *input_entry_name(const struct input_entries *e, size_t i);
/* Unpack an entry; in owns its content. INPUT: the entry is damaged, or too large. */
bool input_entry_read(const struct input_entries *e, size_t i, struct ef_input *in,
		      const uint8_t **ret, size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;

#endif
