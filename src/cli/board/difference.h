/* SPDX-License-Identifier: MIT */
/* Finds out where the flash differs from some content. */
#ifndef EF_CLI_DIFFERENCE_H
#define EF_CLI_DIFFERENCE_H

#include <espflash/flasher.h>

/* Sectors that are read at most: 64 KiB. */
#define DIFFERENCE_READ_MAX 16u

struct content {
	struct ef_flasher *f;
	uint32_t addr, len; /* where in flash it should be */
	const uint8_t *data;
	const char *label; /* for the progress of reading */
};

struct difference {
	uint32_t sectors, differ; /* parts of EF_SECTOR bytes, and those known to differ */
	bool has_more;            /* the search ended before the content did */
	uint32_t bytes; /* differing bytes in the first DIFFERENCE_READ_MAX sectors that differ */
	uint32_t first; /* offset of the first of them */
	uint8_t first_byte; /* the byte of the flash there */
	/*
	 * A whole block of the chip's cipher is erased or equals the content. So flash doesn't hold
	 * the content encrypted.
	 */
	bool has_plain;
};

/*
 * *ret: the flash holds the content. Neither request nor answer has a checksum. Damage can't turn a
 * wrong MD5 into the content's, but it can turn a right one into another, so a difference is
 * confirmed by a second answer.
 */
bool difference_none(const struct content *c, bool *ret, struct ef_err *err) EF_MUST_CHECK;
/*
 * Call after difference_none found that it does not. MD5s tell which parts differ. The first of
 * them are read, and the search ends with the next one. is_encrypted: the chip encrypts its flash,
 * so the search goes on until something plain is found. ret->bytes 0: all parts that were read are
 * as they should be, so the answers contradict each other.
 */
bool difference_find(const struct content *c, bool is_encrypted, struct difference *ret,
		     struct ef_err *err) EF_MUST_CHECK;

#endif
