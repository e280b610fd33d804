/* SPDX-License-Identifier: MIT */
/* Has the growable buffer, which doubles its capacity, up to the ceiling that its owner set. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"

/* ---- growable buffer ---- */

static bool grow(struct ef_buf *b, size_t need, struct ef_err *err)
{
	size_t cap = b->cap ? b->cap : 256;
	uint8_t *data;

	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if (cap > b->max)
		cap = b->max;
	data = realloc(b->data, cap);
	if (!data)
		return ef_fail(err, EF_E_IO, "out of memory (%zu bytes)", cap);
	b->data = data;
	b->cap = cap;
	return true;
}

bool ef_buf_extend(struct ef_buf *b, size_t len, uint8_t **ret, struct ef_err *err)
{
	if (len > b->max - b->len)
		return ef_fail(err, EF_E_INPUT, "data exceeds the limit of %zu bytes", b->max);
	if (len > b->cap - b->len && !grow(b, b->len + len, err))
		return false;
	*ret = b->data + b->len;
	b->len += len;
	return true;
}

bool ef_buf_add(struct ef_buf *b, const void *data, size_t len, struct ef_err *err)
{
	uint8_t *p;

	if (len == 0)
		return true;
	if (!ef_buf_extend(b, len, &p, err))
		return false;
	memcpy(p, data, len);
	return true;
}

bool ef_buf_fill(struct ef_buf *b, uint8_t value, size_t len, struct ef_err *err)
{
	uint8_t *p;

	if (len == 0)
		return true;
	if (!ef_buf_extend(b, len, &p, err))
		return false;
	memset(p, value, len);
	return true;
}

bool ef_buf_printf(struct ef_buf *b, struct ef_err *err, const char *fmt, ...)
{
	va_list ap, again;
	uint8_t *p;
	bool ok = false;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0) {
		ef_fail(err, EF_E_IO, "cannot format text");
		goto out;
	}
	/* vsnprintf writes a NUL, which is not part of the content. */
	if (!ef_buf_extend(b, (size_t)n + 1, &p, err))
		goto out;
	vsnprintf((char *)p, (size_t)n + 1, fmt, again);
	b->len--;
	ok = true;
out:
	va_end(again);
	va_end(ap);
	return ok;
}

void ef_buf_release(struct ef_buf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = 0;
	b->cap = 0;
}
