/* SPDX-License-Identifier: MIT */
/* The growable buffer with a ceiling, and text: copying, cleaning, comparing. */
#include <stdarg.h>
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

bool ef_buf_add_le32(struct ef_buf *b, uint32_t v, struct ef_err *err)
{
	uint8_t bytes[4];

	ef_put_le32(bytes, v);
	return ef_buf_add(b, bytes, sizeof(bytes), err);
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
	/* One byte more for the NUL that vsnprintf insists on; it isn't counted. */
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

/* ---- text ---- */

bool ef_strlcpy(char *dst, size_t cap, const char *src)
{
	size_t len = strlen(src);
	bool fits = len < cap;

	if (!fits)
		len = cap - 1;
	memcpy(dst, src, len);
	dst[len] = '\0';
	return fits;
}

bool ef_snprintf(char *dst, size_t cap, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(dst, cap, fmt, ap);
	va_end(ap);
	return n >= 0 && (size_t)n < cap;
}

/* Length of the valid UTF-8 sequence at s, 0 when there is none (RFC 3629). */
static size_t utf8_len(const unsigned char *s)
{
	unsigned min = 0, max = 0x10ffff, v;
	size_t n;

	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		n = 2;
		v = s[0] & 0x1fu;
	} else if (s[0] >= 0xe0 && s[0] <= 0xef) {
		n = 3;
		v = s[0] & 0x0fu;
		min = 0x800;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		n = 4;
		v = s[0] & 0x07u;
		min = 0x10000;
	} else {
		return 0;
	}
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0u) != 0x80)
			return 0;
		v = v << 6 | (s[i] & 0x3fu);
	}
	/* U+0080..U+009F are control characters too: some terminals obey them. */
	if (v < min || v > max || (v >= 0xd800 && v <= 0xdfff) || v < 0xa0)
		return 0;
	return n;
}

void ef_clean_text(char *text)
{
	unsigned char *s = (unsigned char *)text;

	while (*s) {
		size_t n = *s >= 0x20 && *s < 0x7f ? 1 : utf8_len(s);

		if (n == 0) {
			*s = '?';
			n = 1;
		}
		s += n;
	}
}

void ef_hex(char *dst, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		dst[2 * i] = digits[data[i] >> 4];
		dst[2 * i + 1] = digits[data[i] & 15];
	}
	dst[2 * len] = '\0';
}

#define EDIT_MAX 64

unsigned ef_edit_distance(const char *a, const char *b)
{
	unsigned row[EDIT_MAX];
	size_t la = strlen(a), lb = strlen(b);

	if (la >= EDIT_MAX || lb >= EDIT_MAX)
		return 255;
	for (size_t j = 0; j <= lb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned cost = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < cost)
				cost = row[j] + 1;
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			row[j] = cost;
		}
	}
	return row[lb];
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool ef_str_ieq(const char *a, const char *b)
{
	for (; *a && lower(*a) == lower(*b); a++)
		b++;
	return lower(*a) == lower(*b);
}
