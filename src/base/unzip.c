/* SPDX-License-Identifier: MIT */
/*
 * Unpacks with libzip. Sizes are those of the archive's directory, and are tested against the
 * ceilings before anything is unpacked; an entry that unpacks to more is damaged.
 */
#include "base/unzip.h"

#include "base/libzip.h"
#include "base/unzip_count.h"

static bool fail_entry(const struct ef_unzip *z, size_t i, const char *why, struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT, "'%.100s' in the archive %s", ef_unzip_name(z, i), why);
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

	if (unzip_count(data, len, max) > max)
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
		z->data = data;
		z->len = len;
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

/* Unpack in steps. After each step, the pages of a mapped archive that were read leave memory. */
static bool unpack(const struct ef_unzip *z, zip_file_t *file, uint8_t *out, size_t size)
{
	for (size_t at = 0, step; at < size; at += step) {
		step = size - at < EF_MIB ? size - at : EF_MIB;
		if (z->lib->zip_fread(file, out + at, step) != (zip_int64_t)step)
			return false;
		ef_map_passed(z->data, z->len);
	}
	return true;
}

bool ef_unzip_read(const struct ef_unzip *z, size_t i, uint8_t *out, size_t size,
		   struct ef_err *err)
{
	zip_file_t *file = z->lib->zip_fopen_index(z->zip, i, 0);
	uint8_t extra;
	bool is_whole;

	if (!file)
		return fail_entry(z, i, "can't be unpacked: it is encrypted, or damaged", err);
	/* the read past the end makes libzip compare the CRC */
	is_whole = unpack(z, file, out, size) && z->lib->zip_fread(file, &extra, 1) == 0;
	return (z->lib->zip_fclose(file) == 0 && is_whole) || fail_entry(z, i, "is damaged", err);
}
