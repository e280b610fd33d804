/* SPDX-License-Identifier: MIT */
/*
 * Reads tar archives: 512-byte headers, each followed by the entry's content. Sources:
 * POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format"; the GNU tar manual,
 * "Basic Tar Format" (type L, numbers to base 256).
 */
#include "base/tar.h"

#define BLOCK   512u
#define PAX_MAX (64u * EF_KIB) /* content of a header that describes the next entry */

enum { AT_NAME = 0, AT_SIZE = 124, AT_CHECK = 148, AT_TYPE = 156, AT_MAGIC = 257, AT_PREFIX = 345 };
enum { LEN_NAME = 100, LEN_SIZE = 12, LEN_CHECK = 8, LEN_PREFIX = 155 };

/* The fields of the next entry that extended headers set. */
struct extra {
	bool has_name, has_size, is_too_long;
	char name[EF_TAR_NAME_SIZE];
	uint64_t size;
};

/* ---- fields ---- */

/*
 * Read octal digits with blanks around them or, if the first bit is set, a big-endian binary
 * number.
 */
static bool read_number(const uint8_t *p, size_t len, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i = 0;

	if (p[0] & 0x80) {
		for (i = 0; i < len; i++) {
			if (value >> 55)
				return false;
			value = value << 8 | (i ? p[i] : p[i] & 0x7fu);
		}
		*ret = value;
		return true;
	}
	while (i < len && p[i] == ' ')
		i++;
	for (; i < len && p[i] >= '0' && p[i] <= '7'; i++)
		value = value << 3 | (uint64_t)(p[i] - '0');
	if (i < len && p[i] != ' ' && p[i] != '\0')
		return false;
	*ret = value;
	return true;
}

/* Check the sum of the header's bytes, those of the checksum counted as blanks. */
static bool is_header(const uint8_t *h)
{
	uint64_t want;
	uint32_t sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i - AT_CHECK < LEN_CHECK ? (uint8_t)' ' : h[i];
	return read_number(h + AT_CHECK, LEN_CHECK, &want) && want == sum;
}

bool ef_tar_is(const uint8_t *data, size_t len)
{
	return len >= BLOCK && data[0] && is_header(data);
}

static bool is_zero(const uint8_t *h)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (h[i])
			return false;
	return true;
}

static size_t text_len(const uint8_t *p, size_t max)
{
	const uint8_t *end = memchr(p, '\0', max);

	return end ? (size_t)(end - p) : max;
}

static void set_name(struct extra *x, const uint8_t *p, size_t len)
{
	x->has_name = true;
	x->is_too_long = len >= sizeof(x->name);
	if (x->is_too_long)
		len = 0;
	memcpy(x->name, p, len);
	x->name[len] = '\0';
}

/* Only ustar headers have a prefix before the name. */
static void header_name(const uint8_t *h, char ret[EF_TAR_NAME_SIZE])
{
	size_t len = memcmp(h + AT_MAGIC, "ustar\0", 6) == 0 ? text_len(h + AT_PREFIX, LEN_PREFIX)
							     : 0;

	(void)ef_snprintf(ret, EF_TAR_NAME_SIZE, "%.*s%s%.*s", (int)len,
			  (const char *)(h + AT_PREFIX), len ? "/" : "",
			  (int)text_len(h + AT_NAME, LEN_NAME), (const char *)(h + AT_NAME));
}

/* ---- extended headers ---- */

static bool record_is(const uint8_t *p, size_t len, const char *key)
{
	size_t n = strlen(key);

	return len >= n && memcmp(p, key, n) == 0;
}

static void take_record(const uint8_t *p, size_t len, struct extra *x)
{
	char number[24];

	if (record_is(p, len, "path="))
		set_name(x, p + 5, len - 5);
	if (!record_is(p, len, "size=") || len - 5 >= sizeof(number))
		return;
	memcpy(number, p + 5, len - 5);
	number[len - 5] = '\0';
	x->has_size = ef_parse_u64(number, UINT64_MAX, &x->size);
}

/* Take the records "LENGTH key=value\n"; LENGTH counts the whole record. */
static bool take_pax(const uint8_t *p, size_t len, struct extra *x)
{
	while (len) {
		size_t digits = 0, n = 0;

		while (digits < len && p[digits] >= '0' && p[digits] <= '9' && n < len)
			n = n * 10 + (size_t)(p[digits++] - '0');
		if (digits == 0 || digits == len || p[digits] != ' ' || n > len || n < digits + 2 ||
		    p[n - 1] != '\n')
			return false;
		take_record(p + digits + 1, n - digits - 2, x);
		p += n;
		len -= n;
	}
	return true;
}

/* ---- entries ---- */

/* Backslashes and drive letters are Windows' way to write the same. */
bool ef_entry_is_inside(const char *name)
{
	return *name && !ef_path_is_absolute(name) && !ef_path_climbs(name);
}

static bool is_extension(uint8_t type)
{
	return type == 'x' || type == 'L' || type == 'K' || type == 'g';
}

static bool take_extension(uint8_t type, const uint8_t *p, size_t len, struct extra *x,
			   struct ef_err *err)
{
	if (len > PAX_MAX)
		return ef_fail(err, EF_E_INPUT, "the archive has a name of %zu bytes", len);
	if (type == 'L')
		set_name(x, p, text_len(p, len));
	if (type == 'x' && !take_pax(p, len, x))
		return ef_fail(err, EF_E_INPUT, "the archive has a damaged extended header");
	return true;
}

static bool read_header(struct ef_tar *t, const uint8_t **ret, uint64_t *ret_size,
			struct ef_err *err)
{
	const uint8_t *h = t->data + t->at;

	*ret = NULL;
	/* some programs leave out the two blocks of zeros at the end */
	if (t->len - t->at < BLOCK || is_zero(h))
		return true;
	if (!is_header(h) || !read_number(h + AT_SIZE, LEN_SIZE, ret_size))
		return ef_fail(err, EF_E_INPUT, "the archive is damaged at byte %zu", t->at);
	if (++t->count > EF_TAR_ENTRIES_MAX)
		return ef_fail(err, EF_E_INPUT, "the archive has more than %u entries",
			       EF_TAR_ENTRIES_MAX);
	*ret = h;
	t->at += BLOCK;
	return true;
}

static bool take_content(struct ef_tar *t, uint64_t size, struct ef_tar_entry *e,
			 struct ef_err *err)
{
	size_t left = t->len - t->at, padded;

	if (size > left)
		return ef_fail(err, EF_E_INPUT, "the archive is cut off");
	e->data = t->data + t->at;
	e->len = (size_t)size;
	padded = (e->len + BLOCK - 1) / BLOCK * BLOCK;
	t->at += padded < left ? padded : left;
	return true;
}

bool ef_tar_next(struct ef_tar *t, struct ef_tar_entry *ret, struct ef_err *err)
{
	struct extra x = { .has_name = false };
	const uint8_t *h;
	uint64_t size;
	uint8_t type;

	for (;;) {
		*ret = (struct ef_tar_entry){ .is_end = true };
		if (!read_header(t, &h, &size, err))
			return false;
		if (!h)
			return true;
		type = h[AT_TYPE];
		if (!take_content(t, x.has_size && !is_extension(type) ? x.size : size, ret, err))
			return false;
		if (!is_extension(type))
			break;
		if (!take_extension(type, ret->data, ret->len, &x, err))
			return false;
	}
	if (x.has_name)
		memcpy(ret->name, x.name, sizeof(ret->name));
	else
		header_name(h, ret->name);
	ret->is_end = false;
	ret->is_file = (type == '0' || type == '\0') && ef_entry_is_inside(ret->name);
	return true;
}
