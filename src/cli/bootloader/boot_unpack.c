/* SPDX-License-Identifier: MIT */
/*
 * Looks for bootloaders in archives: gzip, tar, zip. A crate is a tar.gz, and so are cores of
 * Arduino; espflash's releases are zips. No file is ever written under a name from an archive.
 */
#include "cli/bootloader/boot_list.h"
#include "base/gunzip.h"
#include "base/tar.h"
#include "base/unzip.h"
#include <espflash/content.h>

#define DEPTH_MAX       3                  /* a crate in a zip: gzip, tar, zip */
#define ZIP_ENTRIES_MAX EF_TAR_ENTRIES_MAX /* reading more takes seconds */

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

static bool unpack_entry(const struct ef_unzip *zip, size_t i, struct ef_buf *buf,
			 struct ef_err *err)
{
	uint8_t *out = NULL;
	size_t size;

	if (!ef_unzip_size(zip, i, buf->max, &size, err))
		return false;
	return size == 0 ||
	       (ef_buf_extend(buf, size, &out, err) && ef_unzip_read(zip, i, out, size, err));
}

static bool read_zip(struct boot_list *l, const struct boot_file *f, const struct ef_unzip *zip,
		     struct ef_err *err)
{
	size_t left = l->max_unpacked;
	bool ok = true;

	for (size_t i = 0; ok && i < zip->count; i++) {
		const char *name = ef_unzip_name(zip, i);
		struct boot_file inner = { .path = f->path, .inside = name, .depth = f->depth + 1 };
		struct ef_buf buf = EF_BUF_INIT(left);

		if (!ef_entry_is_inside(name) || !boot_name_fits(name))
			continue;
		ok = unpack_entry(zip, i, &buf, err);
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
	struct ef_unzip zip = { 0 };
	bool ok = ef_unzip_open(&zip, f->data, f->len, ZIP_ENTRIES_MAX, err) &&
		  read_zip(l, f, &zip, err);

	ef_unzip_close(&zip);
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
