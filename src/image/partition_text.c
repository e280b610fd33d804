/* SPDX-License-Identifier: MIT */
/*
 * Reads text by the rules of ESP-IDF's generator, a Python program: encodings by byte order mark,
 * line ends, blanks, and the numbers that int(x, 0) accepts. Tables written on Windows or by a
 * spreadsheet depend on them.
 */
#include "image/partition_priv.h"

/* ---- encodings ---- */

/* Decode one character of UTF-16 or UTF-32. Returns its length, 0 if it isn't valid. */
static size_t wide_get(const uint8_t *p, size_t left, unsigned unit, bool is_big, uint32_t *ret)
{
	uint32_t c = 0, low = 0;

	if (left < unit)
		return 0;
	for (unsigned i = 0; i < unit; i++)
		c |= (uint32_t)p[i] << 8 * (is_big ? unit - 1 - i : i);
	if (unit == 2 && c >= 0xd800 && c < 0xdc00) {
		if (left < 4)
			return 0;
		low = is_big ? (uint32_t)p[2] << 8 | p[3] : (uint32_t)p[3] << 8 | p[2];
		if (low < 0xdc00 || low > 0xdfff)
			return 0;
		*ret = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		return 4;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret = c;
	return unit;
}

struct encoding {
	const char *name;
	uint8_t mark[4];
	uint8_t mark_len;
	uint8_t unit; /* 1: UTF-8 */
	bool is_big;
};

static struct encoding encoding_of(const uint8_t *data, size_t len)
{
	static const struct encoding known[] = {
		{ "UTF-8", { 0xef, 0xbb, 0xbf }, 3, 1, false },
		{ "UTF-32", { 0xff, 0xfe, 0, 0 }, 4, 4, false },
		{ "UTF-32", { 0, 0, 0xfe, 0xff }, 4, 4, true },
		{ "UTF-16", { 0xff, 0xfe }, 2, 2, false },
		{ "UTF-16", { 0xfe, 0xff }, 2, 2, true },
	};
	static const struct encoding plain = { "UTF-8", { 0 }, 0, 1, false };

	for (size_t i = 0; i < EF_ARRAY_LEN(known); i++)
		if (len >= known[i].mark_len && !memcmp(data, known[i].mark, known[i].mark_len))
			return known[i];
	return plain;
}

bool part_text_decode(const uint8_t *data, size_t len, struct ef_buf *ret, struct ef_err *err)
{
	struct encoding enc = encoding_of(data, len);
	unsigned line = 1;
	char out[4];
	uint32_t c;
	size_t step;

	for (size_t at = enc.mark_len; at < len; at += step) {
		if (enc.unit == 1)
			step = ef_utf8_get(data + at, len - at, &c);
		else
			step = wide_get(data + at, len - at, enc.unit, enc.is_big, &c);
		if (step == 0)
			return ef_fail(err, EF_E_INPUT, "line %u: byte %zu is not %s text", line,
				       at, enc.name);
		if (c == 0)
			return ef_fail(err, EF_E_INPUT, "line %u: byte %zu is a NUL", line, at);
		line += c == '\n';
		if (!ef_buf_add(ret, out, ef_utf8_put(out, c), err))
			return false;
	}
	return true;
}

/* ---- lines and blanks; the text is valid UTF-8 from here on ---- */

static uint32_t char_at(struct text t, size_t at, size_t *ret_len)
{
	uint32_t c = 0;

	*ret_len = ef_utf8_get(t.p + at, t.len - at, &c);
	if (*ret_len == 0) /* unreachable: part_text_decode() checked the text */
		*ret_len = 1;
	return c;
}

/* Python: str.splitlines */
static bool is_line_end(uint32_t c)
{
	return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 ||
	       c == 0x2029;
}

/* Python: str.isspace */
static bool is_blank(uint32_t c)
{
	return is_line_end(c) || c == ' ' || c == '\t' || c == 0x1f || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool part_text_line(struct text *rest, struct text *ret)
{
	size_t at = 0, len = 0;
	uint32_t c;

	if (rest->len == 0)
		return false;
	while (at < rest->len) {
		c = char_at(*rest, at, &len);
		if (is_line_end(c)) {
			if (c == '\r' && at + 1 < rest->len && rest->p[at + 1] == '\n')
				len = 2;
			break;
		}
		at += len;
		len = 0;
	}
	*ret = (struct text){ rest->p, at };
	rest->p += at + len;
	rest->len -= at + len;
	return true;
}

struct text part_text_strip(struct text t)
{
	size_t len, start;

	while (t.len && is_blank(char_at(t, 0, &len))) {
		t.p += len;
		t.len -= len;
	}
	while (t.len) {
		for (start = t.len - 1; start && ((uint8_t)t.p[start] & 0xc0) == 0x80; start--)
			;
		if (!is_blank(char_at(t, start, &len)))
			break;
		t.len = start;
	}
	return t;
}

/* ---- numbers ---- */

#define INT_LIMIT ((int64_t)1 << 40)

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

static bool parse_digits(struct text t, unsigned base, int64_t *ret)
{
	bool was_digit = false;
	int64_t value = 0;

	for (size_t i = 0; i < t.len; i++) {
		unsigned digit = digit_value(t.p[i]);

		if (t.p[i] == '_' && was_digit) {
			was_digit = false;
			continue;
		}
		if (digit >= base)
			return false;
		was_digit = true;
		value = value * base + digit;
		if (value > INT_LIMIT)
			return false;
	}
	*ret = value;
	return was_digit;
}

static unsigned prefix_base(char c)
{
	switch (c) {
	case 'x':
	case 'X':
		return 16;
	case 'o':
	case 'O':
		return 8;
	case 'b':
	case 'B':
		return 2;
	default:
		return 10;
	}
}

/* Python's int(x, 0): blanks around, a sign, a base prefix, single underscores between digits. */
static bool parse_python_int(struct text t, int64_t *ret)
{
	bool is_negative;
	unsigned base = 10;
	int64_t value;

	t = part_text_strip(t);
	is_negative = t.len && t.p[0] == '-';
	if (t.len && (t.p[0] == '-' || t.p[0] == '+'))
		t = (struct text){ t.p + 1, t.len - 1 };
	if (t.len > 2 && t.p[0] == '0')
		base = prefix_base(t.p[1]);
	if (base != 10) {
		size_t skip = t.p[2] == '_' ? 3 : 2;

		t = (struct text){ t.p + skip, t.len - skip };
	}
	if (!parse_digits(t, base, &value))
		return false;
	/* Python refuses leading zeros: 010 is neither octal nor decimal */
	if (base == 10 && t.p[0] == '0' && value != 0)
		return false;
	*ret = is_negative ? -value : value;
	return true;
}

static bool find_keyword(struct text t, const struct part_keyword *list, int64_t *ret)
{
	char name[EF_PART_NAME_SIZE];

	if (t.len >= sizeof(name))
		return false;
	memcpy(name, t.p, t.len);
	name[t.len] = '\0';
	for (; list && list->name; list++) {
		if (ef_str_ieq(list->name, name)) {
			*ret = list->value;
			return true;
		}
	}
	return false;
}

bool part_parse_int(struct text t, const struct part_keyword *keywords, int64_t *ret)
{
	int64_t value, unit = 1;

	while (t.len && strchr("kKmM", t.p[t.len - 1])) {
		unit *= t.p[t.len - 1] == 'k' || t.p[t.len - 1] == 'K' ? 1024 : 1024 * 1024;
		if (unit > INT_LIMIT)
			return false;
		t.len--;
	}
	if (!parse_python_int(t, &value) && !find_keyword(t, keywords, &value))
		return false;
	if (value > INT_LIMIT / unit || value < -INT_LIMIT / unit)
		return false;
	*ret = value * unit;
	return true;
}
