/* SPDX-License-Identifier: MIT */
/* Inflates with zlib, which also tests the CRC and the length in the trailer. */
#include "base/gunzip.h"

#include <limits.h>
#include <zlib.h>

#define WINDOW_GZIP (15 + 16) /* zlib.h: the largest window, and a gzip header */
#define STEP        (64u * EF_KIB)
/* after this many steps, the pages of a mapped file that were read leave memory */
#define STEPS_TO_PASS 16u
/* From this size on, count the rest before it takes memory. */
#define COUNT_FROM (64u * EF_MIB)

static bool fail_too_large(size_t max, struct ef_err *err)
{
	return ef_fail(err, EF_E_INPUT, "it unpacks to more than the limit of %zu MiB",
		       max / EF_MIB);
}

/* Make one more step of output. At the ceiling a spare byte tells the end from more data. */
static bool step(z_stream *z, struct ef_buf *buf, int *ret, struct ef_err *err)
{
	size_t room = buf->max - buf->len < STEP ? buf->max - buf->len : STEP;
	uint8_t spare, *p = &spare;

	if (room && !ef_buf_extend(buf, room, &p, err))
		return false;
	z->next_out = p;
	z->avail_out = room ? (uInt)room : 1;
	*ret = inflate(z, Z_NO_FLUSH);
	if (room)
		buf->len -= z->avail_out;
	else if (!z->avail_out)
		return fail_too_large(buf->max, err);
	return true;
}

/*
 * Return whether all that follows fits below the ceiling: a small file may unpack to a thousand
 * times its size. Ignores damage.
 */
static bool will_fit(z_stream *z, const struct ef_buf *buf, struct ef_err *err)
{
	size_t left = buf->max - buf->len, count = 0;
	uint8_t ignored[4u * EF_KIB];
	z_stream ahead;
	int rc = Z_OK;

	if (inflateCopy(&ahead, z) != Z_OK)
		return ef_fail(err, EF_E_IO, "out of memory");
	while (rc == Z_OK && count <= left) {
		ahead.next_out = ignored;
		ahead.avail_out = sizeof(ignored);
		rc = inflate(&ahead, Z_NO_FLUSH);
		count += sizeof(ignored) - ahead.avail_out;
	}
	inflateEnd(&ahead);
	return count <= left || fail_too_large(buf->max, err);
}

bool ef_gunzip(const uint8_t *data, size_t len, struct ef_buf *buf, struct ef_err *err)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)len };
	bool ok = true, is_counted = false;
	int rc = Z_OK;

	if (len > UINT_MAX)
		return ef_fail(err, EF_E_INPUT, "the compressed file is too large");
	if (inflateInit2(&z, WINDOW_GZIP) != Z_OK)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (unsigned steps = 0; ok && rc == Z_OK; steps++) {
		ok = step(&z, buf, &rc, err);
		if (ok && !is_counted && buf->len >= COUNT_FROM) {
			is_counted = true;
			ok = will_fit(&z, buf, err);
		}
		if (steps % STEPS_TO_PASS == 0)
			ef_map_passed(data, (size_t)z.total_in);
	}
	inflateEnd(&z);
	return ok && (rc == Z_STREAM_END ||
		      ef_fail(err, EF_E_INPUT, "the compressed file is damaged or cut off"));
}
