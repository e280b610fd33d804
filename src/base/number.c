/* SPDX-License-Identifier: MIT */
/* Converts text to numbers; the project uses no strtol. */
#include "base/util.h"

int ef_digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static unsigned take_prefix(const char **text)
{
	const char *s = *text;
	unsigned base = 10;

	if (s[0] != '0')
		return base;
	if (s[1] == 'x' || s[1] == 'X')
		base = 16;
	else if (s[1] == 'o' || s[1] == 'O')
		base = 8;
	else if (s[1] == 'b' || s[1] == 'B')
		base = 2;
	if (base != 10)
		*text += 2;
	return base;
}

/* Parse all of [s, end), in the base that its prefix names. */
static bool parse_digits(const char *s, const char *end, uint64_t max, uint64_t *ret)
{
	unsigned base = take_prefix(&s);
	bool has_digit = false;
	uint64_t v = 0;

	for (; s < end; s++) {
		int d;

		if (*s == '_' && has_digit)
			continue;
		d = ef_digit_value(*s);
		if (d < 0 || (unsigned)d >= base)
			return false;
		if (v > (UINT64_MAX - (unsigned)d) / base)
			return false;
		v = v * base + (unsigned)d;
		if (v > max)
			return false;
		has_digit = true;
	}
	if (!has_digit)
		return false;
	*ret = v;
	return true;
}

bool ef_parse_u64(const char *text, uint64_t max, uint64_t *ret)
{
	return parse_digits(text, text + strlen(text), max, ret);
}

bool ef_parse_u32(const char *text, uint32_t max, uint32_t *ret)
{
	uint64_t v;

	if (!ef_parse_u64(text, max, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool ef_parse_size(const char *text, uint32_t max, uint32_t *ret)
{
	size_t len = strlen(text);
	uint64_t unit = 1, v;

	if (len > 0 && (text[len - 1] == 'k' || text[len - 1] == 'K'))
		unit = EF_KIB;
	else if (len > 0 && (text[len - 1] == 'm' || text[len - 1] == 'M'))
		unit = EF_MIB;
	if (unit > 1)
		len--;
	if (!parse_digits(text, text + len, max, &v) || v * unit > max)
		return false;
	*ret = (uint32_t)(v * unit);
	return true;
}
