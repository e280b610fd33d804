/* SPDX-License-Identifier: MIT */
/* Knows UTF-8 (RFC 3629) and the syntax of terminal control sequences (ECMA-48). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define ESC 0x1b

/* ---- copying and comparing ---- */

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

/*
 * row: the distances of a prefix of a to each prefix of b. Update it for the prefix that is longer
 * by c. Returns the least of them.
 */
static unsigned next_row(unsigned row[EDIT_MAX], char c, const char *b, size_t lb)
{
	unsigned diagonal = row[0], least = ++row[0];

	for (size_t j = 1; j <= lb; j++) {
		unsigned cost = diagonal + (c != b[j - 1]);

		diagonal = row[j];
		if (row[j] + 1 < cost)
			cost = row[j] + 1;
		if (row[j - 1] + 1 < cost)
			cost = row[j - 1] + 1;
		row[j] = cost;
		if (cost < least)
			least = cost;
	}
	return least;
}

unsigned ef_edit_distance(const char *a, const char *b, unsigned limit)
{
	unsigned row[EDIT_MAX];
	size_t la = strlen(a), lb = strlen(b);

	/* Most pairs of words differ too much in length already. */
	if (la >= EDIT_MAX || lb >= EDIT_MAX || la > lb + limit || lb > la + limit)
		return limit + 1;
	for (size_t j = 0; j <= lb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; i < la; i++)
		if (next_row(row, a[i], b, lb) > limit)
			return limit + 1;
	return row[lb] > limit ? limit + 1 : row[lb];
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *ef_number(char ret[EF_NUMBER_SIZE], uint64_t value)
{
	char digits[24];
	size_t len, out = 0;

	(void)snprintf(digits, sizeof(digits), "%" PRIu64, value);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			ret[out++] = ',';
		ret[out++] = digits[i];
	}
	ret[out] = '\0';
	return ret;
}

bool ef_str_ieq(const char *a, const char *b)
{
	for (; *a && lower(*a) == lower(*b); a++)
		b++;
	return lower(*a) == lower(*b);
}

bool ef_ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return n <= len && memcmp(text + len - n, end, n) == 0;
}

int ef_by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ---- paths ---- */

const char *ef_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool ef_path_is_absolute(const char *path)
{
	return path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');
}

bool ef_path_climbs(const char *path)
{
	for (const char *at = path; *at; at += strcspn(at, "/\\"), at += strspn(at, "/\\"))
		if (at[0] == '.' && at[1] == '.' && (!at[2] || at[2] == '/' || at[2] == '\\'))
			return true;
	return false;
}

/* ---- searching ---- */

const void *ef_find_bytes(const void *data, size_t len, const void *bytes, size_t n)
{
	const uint8_t *p = data, *first = bytes;

	if (n == 0)
		return data;
	/*
	 * Most hits of the first byte differ in the last one: compare that before memcmp is called.
	 */
	while (len >= n) {
		const uint8_t *hit = memchr(p, first[0], len - n + 1);

		if (!hit)
			break;
		if (hit[n - 1] == first[n - 1] && memcmp(hit, bytes, n) == 0)
			return hit;
		len -= (size_t)(hit + 1 - p);
		p = hit + 1;
	}
	return NULL;
}

const void *ef_find_text(const void *data, size_t len, const char *text)
{
	return ef_find_bytes(data, len, text, strlen(text));
}

/* ---- UTF-8 ---- */

size_t ef_utf8_len(uint8_t head)
{
	if (head < 0x80)
		return 1;
	/* 0xc0 and 0xc1 would start overlong forms of ASCII */
	if (head >= 0xc2 && head <= 0xdf)
		return 2;
	if (head >= 0xe0 && head <= 0xef)
		return 3;
	return head >= 0xf0 && head <= 0xf4 ? 4 : 0;
}

size_t ef_utf8_get(const void *text, size_t len, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = text;
	size_t n = len ? ef_utf8_len(p[0]) : 0;
	uint32_t c;

	if (n == 0 || n > len)
		return 0;
	c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return n;
}

size_t ef_utf8_put(char dst[4], uint32_t c)
{
	static const uint8_t head[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		dst[i] = (char)(0x80 | (c & 0x3f));
	dst[0] = (char)(head[n] | c);
	return n;
}

bool ef_utf8_is_valid(const void *text, size_t len)
{
	const uint8_t *p = text;
	uint32_t c;

	for (size_t i = 0, n; i < len; i += n) {
		n = ef_utf8_get(p + i, len - i, &c);
		if (n == 0)
			return false;
	}
	return true;
}

/* ---- what terminals interpret ---- */

size_t ef_escape_len(const void *text, size_t len)
{
	const uint8_t *p = text;
	size_t n = 2;

	if (len < 2 || p[1] != '[')
		return len ? 1 : 0;
	while (n < len && p[n] >= 0x20 && p[n] <= 0x3f) /* parameter and intermediate bytes */
		n++;
	return n + (n < len && p[n] >= 0x40 && p[n] <= 0x7e);
}

size_t ef_strip_escapes(char *dst, size_t cap, const void *text, size_t len)
{
	const uint8_t *p = text;
	size_t n = 0;

	for (size_t i = 0; i < len && n < cap - 1;) {
		if (p[i] == ESC)
			i += ef_escape_len(p + i, len - i);
		else
			dst[n++] = (char)p[i++];
	}
	dst[n] = '\0';
	return n;
}

bool ef_is_deceptive(uint32_t c)
{
	/*
	 * Unicode 15, Bidi_Control: ALM, LRM, RLM, LRE to RLO, LRI to PDI; LINE and PARAGRAPH
	 * SEPARATOR
	 */
	return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

void ef_clean_text(char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0, n; i < len; i += n) {
		uint32_t c;

		n = 1;
		if (text[i] >= 0x20 && text[i] < 0x7f) /* nearly all characters are plain */
			continue;
		n = ef_utf8_get(text + i, len - i, &c);
		/* Some terminals obey U+0080..U+009F as well (C1 controls). */
		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) || ef_is_deceptive(c)) {
			text[i] = '?';
			n = 1;
		}
	}
}
