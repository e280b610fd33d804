/* SPDX-License-Identifier: MIT */
/*
 * The formats of addresses: ESP-IDF's panic handler prints "MEPC    : 0x",
 * esp-backtrace "RA/x1=0x". Both always print eight digits.
 */
#include "base/util.h"
#include "symbols/addr_text.h"

#define DIGITS 8u

size_t ef_hex_at(const char *p, size_t left, uint32_t *ret)
{
	uint32_t value = 0;
	size_t n = 0;

	while (n < left && ef_digit_value(p[n]) >= 0) {
		if (n == DIGITS)
			return 0;
		value = value << 4 | (uint32_t)ef_digit_value(p[n++]);
	}
	*ret = value;
	return n;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_';
}

/* Whether a colour's escape sequence ends at start. Its final 'm' is no letter of a word. */
static bool is_after_colour(const char *line, size_t start)
{
	size_t i = start;

	if (i == 0 || line[--i] != 'm')
		return false;
	while (i > 0 && ((line[i - 1] >= '0' && line[i - 1] <= '9') || line[i - 1] == ';'))
		i--;
	return i >= 2 && line[i - 1] == '[' && line[i - 2] == '\033';
}

/* The name before an address; "S0/FP   : 0x" gives S0. */
static void find_name(const char *line, size_t end, struct ef_addr_text *ret)
{
	size_t start;

	ret->name = line;
	ret->name_len = 0;
	while (end > 0 && line[end - 1] == ' ')
		end--;
	if (end == 0 || (line[end - 1] != ':' && line[end - 1] != '='))
		return;
	end--;
	while (end > 0 && line[end - 1] == ' ')
		end--;
	start = end;
	while (start > 0 && (is_word(line[start - 1]) || line[start - 1] == '/'))
		start--;
	ret->name = line + start;
	while (start + ret->name_len < end && ret->name[ret->name_len] != '/')
		ret->name_len++;
}

bool ef_addr_next(const char *line, size_t len, size_t *at, struct ef_addr_text *ret)
{
	while (*at < len && len - *at >= DIGITS + 2) {
		const char *zero = memchr(line + *at, '0', len - *at);
		size_t start;

		if (zero == NULL)
			break;
		start = (size_t)(zero - line);
		*at = start + 1;
		if (len - start < DIGITS + 2 || (zero[1] != 'x' && zero[1] != 'X') ||
		    (start > 0 && is_word(zero[-1]) && !is_after_colour(line, start)))
			continue;
		if (ef_hex_at(zero + 2, len - start - 2, &ret->value) != DIGITS)
			continue;
		ret->start = start;
		ret->end = *at = start + 2 + DIGITS;
		if (ret->end < len && is_word(line[ret->end]))
			continue;
		find_name(line, start, ret);
		return true;
	}
	return false;
}

bool ef_addr_is(const struct ef_addr_text *a, const char *name)
{
	return a->name_len == strlen(name) && memcmp(a->name, name, a->name_len) == 0;
}

bool ef_text_starts(const char *line, size_t len, const char *prefix)
{
	size_t wanted = strlen(prefix);

	return len >= wanted && memcmp(line, prefix, wanted) == 0;
}
