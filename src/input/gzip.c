/* SPDX-License-Identifier: MIT */
/* A file that gzip compressed (RFC 1952), with any other thing in it. */
#include "input/input_priv.h"

#include <limits.h>
#include <zlib.h>

#define WINDOW_GZIP (15 + 16) /* zlib.h: the largest window, and a gzip header */

/*
 * Inflate into out, or only count if it is NULL. The length never passes cap. INPUT: damaged,
 * or longer.
 */
static bool inflate_all(const struct input_src *src, uint8_t *out, size_t cap, size_t *ret_len,
			struct ef_err *err)
{
	uint8_t waste[4096] = { 0 };
	z_stream z = { .next_in = (Bytef *)(uintptr_t)src->data, .avail_in = (uInt)src->len };
	size_t len = 0;
	int rc = Z_OK;

	if (inflateInit2(&z, WINDOW_GZIP) != Z_OK)
		return ef_fail(err, EF_E_IO, "out of memory");
	while (rc == Z_OK && len <= cap) {
		uInt room = sizeof(waste);

		if (out && room > cap - len)
			room = (uInt)(cap - len);
		z.next_out = out ? out + len : waste;
		z.avail_out = room;
		rc = inflate(&z, Z_NO_FLUSH);
		len += room - z.avail_out;
		if (out && len == cap && rc == Z_OK)
			break; /* only the trailer is left, and it was checked when counting */
	}
	inflateEnd(&z);
	if (len > cap)
		return ef_fail(err, EF_E_INPUT, "it unpacks to more than the limit of %u MiB",
			       EF_MAX_IMAGE / EF_MIB);
	*ret_len = len;
	return rc == Z_STREAM_END || (out && rc == Z_OK) ||
	       ef_fail(err, EF_E_INPUT, "the compressed file is damaged or cut off");
}

static bool gzip_is(const struct input_src *src)
{
	return src->data && src->content == EF_CONTENT_GZIP;
}

static bool gzip_read(const struct input_src *src, struct ef_input *in, struct ef_err *err)
{
	struct input_src inner = *src;
	char name[EF_INPUT_NAME_SIZE];
	uint8_t *out;
	size_t len;

	if (src->len > UINT_MAX || src->depth > 0)
		return ef_fail(err, EF_E_INPUT, "it is an archive within an archive");
	if (!inflate_all(src, NULL, EF_MAX_IMAGE, &len, err))
		return false;
	out = input_alloc(in, len, err);
	if (!out || !inflate_all(src, out, len, &len, err))
		return false;
	(void)ef_strlcpy(name, sizeof(name), src->name);
	if (ef_ends_with(name, ".gz"))
		name[strlen(name) - 3] = '\0';
	inner.name = name;
	inner.data = out;
	inner.len = len;
	inner.depth++;
	in->format = NULL;
	return input_read(&inner, in, err);
}

const struct input_format input_gzip = { "a gzip file", gzip_is, gzip_read };
