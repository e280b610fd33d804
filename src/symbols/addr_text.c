/* SPDX-License-Identifier: MIT */
/*
 * Knows the formats of addresses: ESP-IDF's panic handler prints "MEPC : 0x", esp-backtrace
 * "RA/x1=0x". Both always print eight digits.
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

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || is_letter(c) || c == '_';
}

static bool is_prefix(const char *p)
{
	return p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
}

/*
 * Return whether a colour's escape sequence ends at start. Its final 'm' is not a letter of a
 * word.
 */
static bool is_after_colour(const char *line, size_t start)
{
	size_t i = start;

	if (i == 0 || line[--i] != 'm')
		return false;
	while (i > 0 && ((line[i - 1] >= '0' && line[i - 1] <= '9') || line[i - 1] == ';'))
		i--;
	return i >= 2 && line[i - 1] == '[' && line[i - 2] == '\033';
}

/*
 * Return whether an address may begin at start. Programs print without a blank before it
 * ("at_0x...", "PC0x..."), and bytes get lost on the line, so that it follows another address,
 * which ended at from. Other digits before it mean that it is the middle of some other text.
 */
static bool may_begin(const char *line, size_t start, size_t from)
{
	char before = start > 0 ? line[start - 1] : ' ';

	if (start == from && from >= DIGITS + 2 && is_prefix(line + from - DIGITS - 2))
		return true;
	return !is_word(before) || ef_digit_value(before) < 0 || is_after_colour(line, start);
}

/*
 * Return whether a number of eight digits ends at end. The next one may follow without a blank, or
 * a word ("...78on core 0"), even one that begins with a digit's letter ("...78and").
 */
static bool may_end(const char *line, size_t len, size_t end)
{
	size_t i = end;

	if (i == len || ef_digit_value(line[i]) < 0)
		return true;
	if (len - i > 2 && is_prefix(line + i) && ef_digit_value(line[i + 2]) >= 0)
		return true;
	while (i < len && is_letter(line[i]) && ef_digit_value(line[i]) >= 0)
		i++;
	return i < len && i > end && is_letter(line[i]);
}

/* Read the eight digits at p; false if there are fewer. */
static bool digits_at(const char *p, uint32_t *ret)
{
	return ef_hex_at(p, DIGITS, ret) == DIGITS;
}

/* Find the name before an address; "S0/FP : 0x" gives S0. */
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
	size_t from = *at;

	while (*at < len && len - *at >= DIGITS + 2) {
		const char *zero = memchr(line + *at, '0', len - *at);
		size_t start;

		if (zero == NULL)
			break;
		start = (size_t)(zero - line);
		*at = start + 1;
		if (len - start < DIGITS + 2 || !is_prefix(zero) || !may_begin(line, start, from) ||
		    !digits_at(zero + 2, &ret->value))
			continue;
		ret->start = start;
		ret->end = *at = start + 2 + DIGITS;
		if (!may_end(line, len, ret->end))
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
