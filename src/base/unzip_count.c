/* SPDX-License-Identifier: MIT */
/*
 * Counts the entries of an archive before libzip opens it. libzip tries each end record that it
 * finds, believes no count that is too small, and builds a table of what it reads: a small file
 * could keep it busy for minutes.
 */
#include "base/unzip_count.h"

#include "base/bytes.h"

/* The records of an archive: PKWARE, APPNOTE.TXT 6.3.10, 4.3.12 and 4.3.14 to 4.3.16. */
#define ENTRY_MAGIC     0x02014b50u
#define ENTRY_LEN       46u
#define END_MAGIC       0x06054b50u
#define END_LEN         22u
#define END_COMMENT_MAX 0xffffu
#define END64_MAGIC     0x06064b50u
#define END64_LEN       56u
#define LOCATOR_MAGIC   0x07064b50u
#define LOCATOR_LEN     20u

/* An archive that is stored in the archive, near its end, has an end record of its own. */
#define ENDS_MAX 256u

/* The fields of an end record. */
struct directory {
	uint64_t count, len, at;
};

/* Read the second end record of an archive with more than 65534 entries (zip64). */
static void read_end64(const uint8_t *data, size_t end, struct directory *d)
{
	const uint8_t *locator = end >= LOCATOR_LEN ? data + end - LOCATOR_LEN : NULL;
	uint64_t at;

	if (!locator || ef_le32(locator) != LOCATOR_MAGIC)
		return;
	at = ef_le64(locator + 8);
	if (at > end || end - at < END64_LEN || ef_le32(data + at) != END64_MAGIC)
		return;
	*d = (struct directory){ ef_le64(data + at + 32), ef_le64(data + at + 40),
				 ef_le64(data + at + 48) };
}

/* Count the entries that are there, at most max + 1. */
static uint64_t walk(const uint8_t *data, size_t len, const struct directory *d, uint64_t max)
{
	uint64_t count = 0, left, at = d->at;

	if (at > len)
		return 0;
	left = d->len < len - at ? d->len : len - at;
	while (count <= max && left >= ENTRY_LEN && ef_le32(data + at) == ENTRY_MAGIC) {
		uint64_t n = ENTRY_LEN + (uint64_t)ef_le16(data + at + 28) +
			     ef_le16(data + at + 30) + ef_le16(data + at + 32);

		count++;
		n = n < left ? n : left;
		at += n;
		left -= n;
	}
	return count;
}

uint64_t unzip_count(const uint8_t *data, size_t len, uint64_t max)
{
	size_t lowest = len > END_LEN + END_COMMENT_MAX ? len - END_LEN - END_COMMENT_MAX : 0;
	uint64_t count = 0, ends = 0;

	for (size_t at = len < END_LEN ? 0 : len - END_LEN + 1; at-- > lowest && count <= max;) {
		struct directory d;

		if (ef_le32(data + at) != END_MAGIC)
			continue;
		d = (struct directory){ ef_le16(data + at + 10), ef_le32(data + at + 12),
					ef_le32(data + at + 16) };
		read_end64(data, at, &d);
		/* the last record counts */
		if (++ends == 1 && d.count > max)
			return d.count;
		if (ends > ENDS_MAX)
			return max + 1;
		count += walk(data, len, &d, max);
	}
	return count;
}
