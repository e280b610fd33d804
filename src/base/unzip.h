/* SPDX-License-Identifier: MIT */
/* Reads zip archives that are in memory: entries that are stored or deflated. No I/O. */
#ifndef EF_BASE_UNZIP_H
#define EF_BASE_UNZIP_H

#include "base/util.h"

struct ef_zip_entry {
	const char *name; /* as the archive has it, with its folders; in struct ef_zip */
	uint16_t flags, method;
	uint32_t crc;
	uint32_t packed_len, len; /* bytes in the archive, and unpacked */
	uint32_t at;              /* offset of the entry's own header */
};

struct ef_zip {
	const uint8_t *data; /* borrowed */
	size_t len;
	struct ef_zip_entry *entry;
	size_t count;
	char *names;
};

/*
 * Read the directory. data must stay valid. Release ret even on failure. INPUT: it is damaged,
 * or has more than max entries, or is beyond 4 GiB.
 */
bool ef_zip_open(struct ef_zip *ret, const uint8_t *data, size_t len, size_t max,
		 struct ef_err *err) EF_MUST_CHECK;
void ef_zip_release(struct ef_zip *zip);
/*
 * Unpack an entry into out, which has room for its len. INPUT: it is encrypted, compressed
 * in another way, or damaged; also if its content is longer, or has another CRC, than the directory
 * says.
 */
bool ef_zip_read(const struct ef_zip *zip, const struct ef_zip_entry *e, uint8_t *out,
		 struct ef_err *err) EF_MUST_CHECK;

#endif
