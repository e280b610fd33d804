/* SPDX-License-Identifier: MIT */
/* Knows the bytes of a [list]: of the POSIX locale, which is the only one that a chip has. */
#include "monitor/ere_list.h"

#include <string.h>

#include "base/util.h"

/* Pairs of the first and the last byte. */
static const struct {
	const char *name, *ranges;
} classes[] = {
	{ "alnum", "09AZaz" },   { "alpha", "AZaz" },
	{ "blank", "\t\t  " },   { "cntrl", "\x01\x1f\x7f\x7f" }, /* and 0, which no line has */
	{ "digit", "09" },       { "graph", "!~" },
	{ "lower", "az" },       { "print", " ~" },
	{ "punct", "!/:@[`{~" }, { "space", "\t\r  " },
	{ "upper", "AZ" },       { "xdigit", "09AFaf" },
};

static void add(struct ere_set *set, uint8_t first, uint8_t last)
{
	for (unsigned byte = first; byte <= last; byte++)
		set->bits[byte / 8u] |= (uint8_t)(1u << (byte % 8u));
}

static void add_ranges(struct ere_set *set, const char *ranges)
{
	for (; *ranges; ranges += 2)
		add(set, (uint8_t)ranges[0], (uint8_t)ranges[1]);
}

static void invert(struct ere_set *set)
{
	for (size_t i = 0; i < sizeof(set->bits); i++)
		set->bits[i] = (uint8_t)~set->bits[i];
}

bool ere_named_set(char name, struct ere_set *ret)
{
	if (!name || !strchr("wWsS", name))
		return false;
	*ret = (struct ere_set){ .bits = { 0 } };
	add_ranges(ret, name == 'w' || name == 'W' ? "09AZaz__" : "\t\r  ");
	if (name == 'W' || name == 'S')
		invert(ret);
	return true;
}

/* "[:name:]" from behind the colon. */
static const char *read_class(const char **at, struct ere_set *set)
{
	const char *end = strstr(*at, ":]");

	for (size_t i = 0; end && i < EF_ARRAY_LEN(classes); i++) {
		size_t len = strlen(classes[i].name);

		if ((size_t)(end - *at) != len || memcmp(*at, classes[i].name, len) != 0)
			continue;
		add_ranges(set, classes[i].ranges);
		*at = end + 2;
		return NULL;
	}
	return end ? "no such character class" : "a '[:' has no ':]'";
}

/* One end of a range: a byte, or "[.x.]" or "[=x=]", which stand for x. */
static const char *read_end(const char **at, uint8_t *ret)
{
	const char *c = *at;

	if (c[0] == '[' && (c[1] == '.' || c[1] == '=')) {
		if (!c[2] || c[3] != c[1] || c[4] != ']')
			return "a '[.' or '[=' names more than one character";
		*ret = (uint8_t)c[2];
		*at = c + 5;
		return NULL;
	}
	*ret = (uint8_t)*c;
	*at = c + 1;
	return NULL;
}

static const char *read_item(const char **at, struct ere_set *set)
{
	const char *why;
	uint8_t first, last;

	if ((*at)[0] == '[' && (*at)[1] == ':') {
		*at += 2;
		why = read_class(at, set);
		/* "[[:alpha:]-z]" */
		return !why && (*at)[0] == '-' && (*at)[1] != ']' ? "a range begins with a class"
								  : why;
	}
	why = read_end(at, &first);
	last = first;
	if (!why && (*at)[0] == '-' && (*at)[1] && (*at)[1] != ']') {
		++*at;
		if ((*at)[0] == '[' && (*at)[1] == ':')
			return "a range ends with a class";
		why = read_end(at, &last);
	}
	if (why)
		return why;
	if (last < first)
		return "a range ends below its beginning";
	add(set, first, last);
	return NULL;
}

const char *ere_read_list(const char **at, struct ere_set *ret)
{
	const bool is_inverted = **at == '^';
	const char *begin, *why;

	*at += is_inverted;
	begin = *at;
	*ret = (struct ere_set){ .bits = { 0 } };
	/* a ']' that comes first is a part of the list */
	while (**at && (**at != ']' || *at == begin)) {
		why = read_item(at, ret);
		if (why)
			return why;
	}
	if (**at != ']')
		return "a '[' has no ']'";
	++*at;
	if (is_inverted)
		invert(ret);
	return NULL;
}
