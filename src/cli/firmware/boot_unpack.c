/* SPDX-License-Identifier: MIT */
/*
 * Looks for bootloaders in archives: gzip, tar, zip. A crate is a tar.gz, and so are cores of
 * Arduino; espflash's releases are zips. Nothing of an archive is written anywhere by its name.
 */
#include <zip.h>

#include "cli/firmware/boot_list.h"
#include "base/gunzip.h"
#include "base/tar.h"
#include <espflash/content.h>

#define DEPTH_MAX       3 /* a crate in a zip: gzip, tar, zip */
#define ZIP_ENTRIES_MAX 100000

static bool check_depth(const struct boot_file *f, struct ef_err *err)
{
	return f->depth < DEPTH_MAX ||
	       ef_fail(err, EF_E_INPUT, "there are too many archives within archives");
}

/* ---- tar ---- */

static bool unpack_tar(struct boot_list *l, const struct boot_file *f, struct ef_err *err)
{
	struct ef_tar tar = { .data = f->data, .len = f->len };
	struct ef_tar_entry e;

	for (;;) {
		struct boot_file inner = { .path = f->path, .depth = f->depth + 1 };

		if (!ef_tar_next(&tar, &e, err))
			return false;
		if (e.is_end)
			return true;
		if (!e.is_file || !boot_name_fits(e.name))
			continue;
		inner.inside = e.name;
		inner.data = e.data;
		inner.len = e.len;
		if (!boot_read_content(l, &inner, err))
			return false;
	}
}

/* ---- gzip ---- */

static bool unpack_gzip(struct boot_list *l, const struct boot_file *f, struct ef_err *err)
{
	struct ef_buf buf = EF_BUF_INIT(l->max_unpacked);
	struct boot_file inner = *f;
	bool ok;

	ok = ef_gunzip(f->data, f->len, &buf, err);
	inner.data = buf.data;
	inner.len = buf.len;
	inner.depth++;
	ok = ok && boot_read_content(l, &inner, err);
	ef_buf_release(&buf);
	return ok;
}

/* ---- zip ---- */

/* The size is that of the directory; an entry that unpacks to more is damaged. */
static bool unzip_entry(zip_t *zip, zip_uint64_t i, struct ef_buf *buf, struct ef_err *err)
{
	struct zip_stat st;
	zip_file_t *file;
	zip_int64_t got = -1;
	uint8_t *out, extra;

	if (zip_stat_index(zip, i, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE) ||
	    st.size > buf->max)
		return ef_fail(err, EF_E_INPUT, "an entry of the archive is too large");
	if (st.size == 0)
		return true;
	if (!ef_buf_extend(buf, (size_t)st.size, &out, err))
		return false;
	file = zip_fopen_index(zip, i, 0);
	if (file) {
		got = zip_fread(file, out, st.size);
		/* the read past the end makes libzip compare the CRC */
		if (got >= 0 && zip_fread(file, &extra, 1) != 0)
			got = -1;
		zip_fclose(file);
	}
	return (got >= 0 && (zip_uint64_t)got == st.size) ||
	       ef_fail(err, EF_E_INPUT, "an entry of the archive is encrypted, or damaged");
}

static bool read_zip(struct boot_list *l, const struct boot_file *f, zip_t *zip, struct ef_err *err)
{
	zip_int64_t count = zip_get_num_entries(zip, 0);
	size_t left = l->max_unpacked;
	bool ok = true;

	if (count > ZIP_ENTRIES_MAX)
		return ef_fail(err, EF_E_INPUT, "the archive has more than %d entries",
			       ZIP_ENTRIES_MAX);
	for (zip_int64_t i = 0; ok && i < count; i++) {
		const char *name = zip_get_name(zip, (zip_uint64_t)i, ZIP_FL_ENC_GUESS);
		struct boot_file inner = { .path = f->path, .inside = name, .depth = f->depth + 1 };
		struct ef_buf buf = EF_BUF_INIT(left);

		if (!name || !ef_entry_is_inside(name) || !boot_name_fits(name))
			continue;
		ok = unzip_entry(zip, (zip_uint64_t)i, &buf, err);
		left -= buf.len;
		inner.data = buf.data;
		inner.len = buf.len;
		ok = ok && boot_read_content(l, &inner, err);
		ef_buf_release(&buf);
	}
	return ok;
}

static bool unpack_zip(struct boot_list *l, const struct boot_file *f, struct ef_err *err)
{
	zip_error_t error;
	zip_source_t *source;
	zip_t *zip;
	bool ok;

	zip_error_init(&error);
	source = zip_source_buffer_create(f->data, f->len, 0, &error);
	zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	if (!zip) {
		ef_fail(err, EF_E_INPUT, "the archive is damaged: %s", zip_error_strerror(&error));
		zip_source_free(source);
	}
	zip_error_fini(&error);
	ok = zip && read_zip(l, f, zip, err);
	if (zip)
		zip_discard(zip);
	return ok;
}

bool boot_unpack(struct boot_list *l, const struct boot_file *f, bool *ret_is, struct ef_err *err)
{
	enum ef_content kind = ef_content_of(f->data, f->len);
	bool is_tar = ef_tar_is(f->data, f->len);

	*ret_is = is_tar || kind == EF_CONTENT_GZIP || kind == EF_CONTENT_ZIP;
	if (!*ret_is)
		return true;
	if (!check_depth(f, err))
		return false;
	if (is_tar)
		return unpack_tar(l, f, err);
	return kind == EF_CONTENT_GZIP ? unpack_gzip(l, f, err) : unpack_zip(l, f, err);
}
