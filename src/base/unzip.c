/* SPDX-License-Identifier: MIT */
/*
 * Unpacks with libzip. Sizes are those of the archive's directory, and are tested against the
 * ceilings before anything is unpacked; an entry that unpacks to more is damaged.
 */
#include "base/unzip.h"

#include "base/bytes.h"
#include "base/libzip.h"

/* The records at the end of an archive: PKWARE, APPNOTE.TXT 6.3.10, 4.3.14 to 4.3.16. */
#define END_MAGIC       0x06054b50u
#define END_LEN         22u
#define END_COMMENT_MAX 0xffffu
#define END64_MAGIC     0x06064b50u
#define END64_LEN       56u
#define LOCATOR_MAGIC   0x07064b50u
#define LOCATOR_LEN     20u

static bool fail_entry(const struct ef_unzip *z, size_t i, const char *why, struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT, "'%.100s' in the archive %s", ef_unzip_name(z, i), why);
}

static uint64_t le64(const uint8_t *p)
{
	return ef_le32(p) | (uint64_t)ef_le32(p + 4) << 32;
}

/* The record that an archive with more than 65534 entries has besides, if it is one. */
static uint64_t count64(const uint8_t *data, size_t end, uint64_t count)
{
	const uint8_t *locator = end >= LOCATOR_LEN ? data + end - LOCATOR_LEN : NULL;
	uint64_t at;

	if (!locator || ef_le32(locator) != LOCATOR_MAGIC)
		return count;
	at = le64(locator + 8);
	if (at > end || end - at < END64_LEN || ef_le32(data + at) != END64_MAGIC)
		return count;
	return le64(data + at + 32);
}

/*
 * The number of entries that the last record claims; 0: there is none, as libzip will say. libzip
 * builds its table before it reports the number, which takes seconds if that is large.
 */
static uint64_t claimed_count(const uint8_t *data, size_t len)
{
	size_t lowest = len > END_LEN + END_COMMENT_MAX ? len - END_LEN - END_COMMENT_MAX : 0;

	for (size_t at = len < END_LEN ? 0 : len - END_LEN + 1; at-- > lowest;)
		if (ef_le32(data + at) == END_MAGIC)
			return count64(data, at, ef_le16(data + at + 10));
	return 0;
}

static bool fail_many(size_t max, struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT, "the archive has more than %zu entries", max);
}

bool ef_unzip_open(struct ef_unzip *z, const uint8_t *data, size_t len, size_t max,
		   struct ef_err *err)
{
	zip_error_t error;
	zip_source_t *source;
	zip_int64_t count;

	if (claimed_count(data, len) > max)
		return fail_many(max, err);
	z->lib = ef_libzip(err);
	if (!z->lib)
		return false;
	z->lib->zip_error_init(&error);
	source = z->lib->zip_source_buffer_create(data, len, 0, &error);
	z->zip = source ? z->lib->zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	if (!z->zip) {
		ef_fail(err, EF_E_INPUT, "the archive is damaged: %s",
			z->lib->zip_error_strerror(&error));
		z->lib->zip_source_free(source);
	}
	z->lib->zip_error_fini(&error);
	if (!z->zip)
		return false;
	count = z->lib->zip_get_num_entries(z->zip, 0);
	if (count >= 0 && (zip_uint64_t)count <= max) {
		z->count = (size_t)count;
		return true;
	}
	ef_unzip_close(z);
	return fail_many(max, err);
}

void ef_unzip_close(struct ef_unzip *z)
{
	if (z->zip)
		z->lib->zip_discard(z->zip);
	*z = (struct ef_unzip){ 0 };
}

const char *ef_unzip_name(const struct ef_unzip *z, size_t i)
{
	const char *name = z->lib->zip_get_name(z->zip, i, ZIP_FL_ENC_GUESS);

	return name ? name : "";
}

bool ef_unzip_size(const struct ef_unzip *z, size_t i, size_t max, size_t *ret, struct ef_err *err)
{
	struct zip_stat st;

	if (z->lib->zip_stat_index(z->zip, i, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE))
		return fail_entry(z, i, "has no size", err);
	if (st.size > max)
		return fail_entry(
			z, i, max < EF_MAX_IMAGE ? "is too large" : "is larger than a flash can be",
			err);
	*ret = (size_t)st.size;
	return true;
}

bool ef_unzip_read(const struct ef_unzip *z, size_t i, uint8_t *out, size_t size,
		   struct ef_err *err)
{
	zip_file_t *file = z->lib->zip_fopen_index(z->zip, i, 0);
	zip_int64_t got;
	uint8_t extra;
	bool is_whole;

	if (!file)
		return fail_entry(z, i, "can't be unpacked: it is encrypted, or damaged", err);
	got = z->lib->zip_fread(file, out, size);
	/* the read past the end makes libzip compare the CRC */
	is_whole = got >= 0 && (zip_uint64_t)got == size && z->lib->zip_fread(file, &extra, 1) == 0;
	return (z->lib->zip_fclose(file) == 0 && is_whole) || fail_entry(z, i, "is damaged", err);
}
