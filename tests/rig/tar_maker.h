/* SPDX-License-Identifier: MIT */
/* Writes entries of a tar file (POSIX.1-2017, pax, "ustar Interchange Format"). */
#ifndef TAR_MAKER_H
#define TAR_MAKER_H

#include <check.h>
#include <string.h>

#include "base/text.h"

/* Set the checksum of a header. */
static inline void tar_seal(uint8_t *h)
{
	unsigned sum = 0;
	char text[9];

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += h[i];
	ck_assert(ef_snprintf(text, sizeof(text), "%06o", sum));
	memcpy(h + 148, text, 7);
}

/* Write an entry to h, which holds zeros; returns its length in the file. */
static inline size_t tar_put(uint8_t *h, const char *name, char type, const void *data, size_t len)
{
	char text[13];

	ck_assert_uint_le(strlen(name), 100);
	memcpy(h, name, strlen(name));
	ck_assert(ef_snprintf(text, sizeof(text), "%011zo", len));
	memcpy(h + 124, text, 12);
	h[156] = (uint8_t)type;
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	memcpy(h + 512, data, len);
	tar_seal(h);
	return 512 + (len + 511) / 512 * 512;
}

#endif
