/* SPDX-License-Identifier: MIT */
/* Reads zip archives that are in memory. */
#ifndef EF_BASE_UNZIP_H
#define EF_BASE_UNZIP_H

#include "base/util.h"

/* An open archive. Initialise with zeros. */
struct ef_unzip {
	void *zip; /* private, as lib */
	const struct ef_libzip *lib;
	const uint8_t *data;
	size_t len;
	size_t count;
};

/*
 * data must stay while the archive is open. INPUT: damaged, or more than max entries.
 * UNSUPP: the host has no libzip.
 */
bool ef_unzip_open(struct ef_unzip *z, const uint8_t *data, size_t len, size_t max,
		   struct ef_err *err) EF_MUST_CHECK;
/* Accepts an archive that was never opened, and may be called twice. */
void ef_unzip_close(struct ef_unzip *z);
/* Return the entry's path in the archive; "" if it has none. */
const char *ef_unzip_name(const struct ef_unzip *z, size_t i);
/* Get the length of an entry according to the archive. INPUT: it is missing, or above max. */
bool ef_unzip_size(const struct ef_unzip *z, size_t i, size_t max, size_t *ret,
		   struct ef_err *err) EF_MUST_CHECK;
/* Unpack an entry of that size to out. INPUT: it is damaged or encrypted, or has another size. */
bool ef_unzip_read(const struct ef_unzip *z, size_t i, uint8_t *out, size_t size,
		   struct ef_err *err) EF_MUST_CHECK;

#endif
