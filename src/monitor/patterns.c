/* SPDX-License-Identifier: MIT */
/* Knows which regular expressions a user can give, and which are mistakes. */
#include "monitor/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/*
 * Find an escape that other dialects know, and for which POSIX matches the
 * letter alone (\d) or defines nothing: the pattern would never match, without
 * a word to the user. C libraries do know \w \W \s \S \b \B. NULL: none.
 */
static const char *foreign_escape(const char *text)
{
	const char *set = NULL; /* the first character of a [list] */

	for (const char *c = text; *c; c++) {
		bool is_letter = (c[0] == '\\') &&
				 ((c[1] >= 'a' && c[1] <= 'z') || (c[1] >= 'A' && c[1] <= 'Z'));
		/* other dialects take it for a back-reference */
		bool is_reference = c[0] == '\\' && c[1] >= '1' && c[1] <= '9' && !set;

		if (is_reference)
			return c;
		if (is_letter && (set || !strchr("wWsSbB", c[1])))
			return c;
		if (set) {
			if (*c == ']' && c > set)
				set = NULL;
		} else if (c[0] == '\\' && c[1]) {
			c++;
		} else if (*c == '[') {
			set = c[1] == '^' ? c + 2 : c + 1;
		}
	}
	return NULL;
}

static bool check_escapes(uint32_t which, const char *text, struct ef_err *err)
{
	const char *at = foreign_escape(text);

	if (!at)
		return true;
	ef_fail(err, EF_E_USAGE, "'%s' is no POSIX regular expression: '%.2s' means nothing in it",
		text, at);
	return ef_hint_numbers(err, EF_HINT_REGEX_ESCAPE, which, 0);
}

static bool compile(struct ere *re, uint32_t which, const char *text, struct ef_err *err)
{
	const char *why;

	if (!check_escapes(which, text, err))
		return false;
	switch (ere_compile(re, text, &why)) {
	case ERE_OK:
		return true;
	case ERE_NO_MEMORY:
		return ef_fail(err, EF_E_IO, "out of memory");
	case ERE_TOO_LARGE:
		ef_fail(err, EF_E_USAGE,
			"'%.60s' is too large a regular expression: at most %u groups in each "
			"other and %u steps with all repeats",
			text, ERE_DEPTH_MAX, ERE_STEPS_MAX);
		return ef_hint_numbers(err, EF_HINT_REGEX_SIZE, which, 0);
	default:
		ef_fail(err, EF_E_USAGE, "'%s' is no regular expression: %s", text, why);
		return ef_hint_numbers(err, EF_HINT_REGEX_SYNTAX, which, 0);
	}
}

bool patterns_compile(struct patterns *p, uint32_t which, const char *const *text, size_t count,
		      struct ef_err *err)
{
	*p = (struct patterns){ .text = text };
	if (count == 0)
		return true;
	p->re = calloc(count, sizeof(*p->re));
	if (!p->re)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (; p->count < count; p->count++) {
		if (compile(&p->re[p->count], which, text[p->count], err))
			continue;
		p->count++; /* it may have a part of its memory */
		patterns_release(p);
		return false;
	}
	return true;
}

void patterns_release(struct patterns *p)
{
	for (size_t i = 0; i < p->count; i++)
		ere_release(&p->re[i]);
	free(p->re);
	*p = (struct patterns){ .re = NULL };
}

bool patterns_match(const struct patterns *p, size_t i, const char *line, size_t from,
		    bool is_whole, size_t *ret_end)
{
	size_t begin = 0, len, end;

	for (;; begin += len + 1) {
		bool is_last;

		len = strcspn(line + begin, "\r");
		is_last = line[begin + len] == '\0';
		if (begin + len >= from &&
		    ere_search(&p->re[i], line + begin, len, from > begin ? from - begin : 0,
			       is_whole || !is_last, &end)) {
			*ret_end = begin + end;
			return true;
		}
		if (is_last)
			return false;
	}
}

const char *patterns_find(const struct patterns *p, const char *line, bool is_whole)
{
	size_t end;

	for (size_t i = 0; i < p->count; i++)
		if (patterns_match(p, i, line, 0, is_whole, &end))
			return p->text[i];
	return NULL;
}
