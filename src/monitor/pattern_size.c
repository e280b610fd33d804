/* SPDX-License-Identifier: MIT */
/*
 * Knows how large a regular expression becomes. C libraries write repeats out (glibc:
 * parse_dup_op in regcomp.c copies the tree for each), and descend into groups by recursion:
 * a few characters can ask for gigabytes, or for more stack than there is.
 */
#include "monitor/patterns.h"

#include <string.h>

#define LENGTH_MAX 4096u
#define DEPTH_MAX  64u
/* glibc needs 8 MB for a{1,1000}, and 790 MB for a{1,9999}: the square of it */
#define PIECES_MAX 1000u
/* Where counting stops: still far from an overflow when multiplied by a repeat. */
#define FAR (PIECES_MAX + 1u)

/* An open group: the pieces of its finished parts, and of the part that a repeat would take. */
struct group {
	uint32_t done, last;
};

struct sizing {
	struct group group[DEPTH_MAX + 1];
	size_t depth;
};

static uint32_t no_more_than_far(uint64_t n)
{
	return n < FAR ? (uint32_t)n : FAR;
}

static void begin_part(struct group *g, uint32_t pieces)
{
	g->done = no_more_than_far((uint64_t)g->done + g->last);
	g->last = pieces;
}

static void repeat(struct group *g, uint32_t times)
{
	g->last = no_more_than_far((uint64_t)g->last * (times ? times : 1u));
}

/* The character behind a [list]; a ']' that comes first is part of it. */
static const char *skip_list(const char *c)
{
	c += *c == '^';
	c += *c == ']';
	for (; *c && *c != ']'; c++) {
		const char kind = c[0] == '[' ? c[1] : '\0';
		const char end[3] = { kind, ']', '\0' };
		const char *close = kind && strchr(":.=", kind) ? strstr(c + 2, end) : NULL;

		if (close)
			c = close + 1;
	}
	return *c ? c + 1 : c;
}

static uint32_t read_number(const char **c)
{
	uint64_t n = 0;

	for (; **c >= '0' && **c <= '9'; (*c)++)
		n = no_more_than_far(n * 10u + (uint64_t)(**c - '0'));
	return (uint32_t)n;
}

/* "{m,n}" and its relatives, from behind the brace. What is none is left to the library. */
static const char *take_repeat(struct group *g, const char *c)
{
	const char *at = c;
	uint32_t low = read_number(&at), high = low;

	if (*at == ',') {
		at++;
		high = *at == '}' ? low + 1u : read_number(&at);
	}
	if (*at != '}') {
		begin_part(g, 1);
		return c;
	}
	repeat(g, low > high ? low : high);
	return at + 1;
}

static bool open_group(struct sizing *s)
{
	if (s->depth == DEPTH_MAX)
		return false;
	s->group[++s->depth] = (struct group){ 0, 0 };
	return true;
}

static void close_group(struct sizing *s)
{
	struct group *g = &s->group[s->depth];

	if (s->depth == 0) {
		begin_part(g, 1);
		return;
	}
	begin_part(g, 0);
	begin_part(&s->group[--s->depth], no_more_than_far(g->done + 1u));
}

bool pattern_is_too_large(const char *text)
{
	struct sizing s = { .depth = 0 };
	const char *c = text;

	if (strlen(text) > LENGTH_MAX)
		return true;
	while (*c) {
		struct group *g = &s.group[s.depth];

		switch (*c++) {
		case '(':
			if (!open_group(&s))
				return true;
			break;
		case ')':
			close_group(&s);
			break;
		case '[':
			begin_part(g, 1);
			c = skip_list(c);
			break;
		case '{':
			c = take_repeat(g, c);
			break;
		case '+': /* one, and then any number */
			repeat(g, 2);
			break;
		case '*':
		case '?':
			break;
		case '\\':
			c += *c != '\0';
			begin_part(g, 1);
			break;
		default:
			begin_part(g, 1);
		}
	}
	while (s.depth > 0)
		close_group(&s);
	begin_part(&s.group[0], 0);
	return s.group[0].done >= FAR;
}
