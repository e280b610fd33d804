/* SPDX-License-Identifier: MIT */
/* Reads tar archives that are in memory (POSIX ustar and pax, GNU's long names). No I/O. */
#ifndef EF_BASE_TAR_H
#define EF_BASE_TAR_H

#include "base/util.h"

#define EF_TAR_NAME_SIZE   512
#define EF_TAR_ENTRIES_MAX 65536u

struct ef_tar {
	const uint8_t *data;
	size_t len, at;
	uint32_t count;
};

struct ef_tar_entry {
	bool is_end;                 /* there are no more; the rest is empty */
	bool is_file;                /* a regular file, whose name stays inside the archive */
	char name[EF_TAR_NAME_SIZE]; /* "" if it is longer than that */
	const uint8_t *data;         /* borrowed */
	size_t len;
};

/* Return whether the name of an entry, of any archive, stays inside the archive. */
bool ef_entry_is_inside(const char *name);
/* Return whether data begins with a header whose checksum is right. */
bool ef_tar_is(const uint8_t *data, size_t len);
/*
 * Read the next entry. t begins with data and len set and the rest 0. INPUT: a header is
 * damaged, an entry is cut off, there are more than EF_TAR_ENTRIES_MAX.
 */
bool ef_tar_next(struct ef_tar *t, struct ef_tar_entry *ret, struct ef_err *err) EF_MUST_CHECK;

#endif
