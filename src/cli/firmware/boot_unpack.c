/* SPDX-License-Identifier: MIT */
/*
 * Looks for bootloaders in archives: gzip, tar, zip. A crate is a tar.gz, and so are cores of
 * Arduino; espflash's releases are zips. Nothing of an archive is written anywhere by its name.
 */
#include "cli/firmware/boot_list.h"
#include "base/gunzip.h"
#include "base/tar.h"
#include "base/unzip.h"
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

static bool unzip_entry(const struct ef_zip *zip, const struct ef_zip_entry *e, struct ef_buf *buf,
			struct ef_err *err)
{
	uint8_t *out;

	if (e->len > buf->max)
		return ef_fail(err, EF_E_INPUT, "an entry of the archive is too large");
	if (e->len == 0)
		return true;
	return ef_buf_extend(buf, e->len, &out, err) &&
	       (ef_zip_read(zip, e, out, err) || ef_context(err, "an entry of the archive"));
}

static bool read_zip(struct boot_list *l, const struct boot_file *f, const struct ef_zip *zip,
		     struct ef_err *err)
{
	size_t left = l->max_unpacked;
	bool ok = true;

	for (size_t i = 0; ok && i < zip->count; i++) {
		const struct ef_zip_entry *e = &zip->entry[i];
		struct boot_file inner = { .path = f->path,
					   .inside = e->name,
					   .depth = f->depth + 1 };
		struct ef_buf buf = EF_BUF_INIT(left);

		if (!ef_entry_is_inside(e->name) || !boot_name_fits(e->name))
			continue;
		ok = unzip_entry(zip, e, &buf, err);
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
	struct ef_zip zip;
	bool ok = ef_zip_open(&zip, f->data, f->len, ZIP_ENTRIES_MAX, err) &&
		  read_zip(l, f, &zip, err);

	ef_zip_release(&zip);
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
