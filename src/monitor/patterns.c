/* SPDX-License-Identifier: MIT */
/* Knows which regular expressions a user can give, and which are mistakes. */
#include "monitor/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/*
 * Find \< or \>: edges of a word to grep and the C library, and characters to PCRE2. Such a pattern
 * would never match, and the user would not learn why. NULL: none.
 */
static const char *foreign_escape(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (c[0] != '\\')
			continue;
		if (c[1] == '<' || c[1] == '>')
			return c;
		if (c[1])
			c++;
	}
	return NULL;
}

static bool check_escapes(uint32_t which, const char *text, struct ef_err *err)
{
	const char *at = foreign_escape(text);

	if (!at)
		return true;
	ef_fail(err, EF_E_USAGE, "regular expression '%s': it is not clear what '%.2s' means", text,
		at);
	return ef_hint_numbers(err, EF_HINT_REGEX_ESCAPE, which, 0);
}

static bool make(struct regex **ret, uint32_t which, const char *text, struct ef_err *err)
{
	char why[128];

	if (!check_escapes(which, text, err))
		return false;
	switch (regex_make(text, ret, why, sizeof(why))) {
	case REGEX_MADE:
		return true;
	case REGEX_NO_MEMORY:
		return ef_fail(err, EF_E_IO, "out of memory");
	case REGEX_TOO_LARGE:
		ef_fail(err, EF_E_USAGE, "'%.60s' is too large a regular expression", text);
		return ef_hint_numbers(err, EF_HINT_REGEX_SIZE, which, 0);
	default:
		ef_fail(err, EF_E_USAGE, "'%.200s' is not a regular expression: %s", text, why);
		return ef_hint_numbers(err, EF_HINT_REGEX_SYNTAX, which, 0);
	}
}

bool patterns_compile(struct patterns *p, uint32_t which, const char *const *text, size_t count,
		      struct ef_err *err)
{
	*p = (struct patterns){ .text = text };
	if (count == 0)
		return true;
	p->re = calloc(count, sizeof(struct regex *));
	if (!p->re)
		return ef_fail(err, EF_E_IO, "out of memory");
	for (; p->count < count; p->count++) {
		if (make(&p->re[p->count], which, text[p->count], err))
			continue;
		patterns_release(p);
		return false;
	}
	return true;
}

void patterns_release(struct patterns *p)
{
	for (size_t i = 0; i < p->count; i++)
		regex_free(p->re[i]);
	free((void *)p->re);
	*p = (struct patterns){ .re = NULL };
}

static bool match_piece(struct patterns *p, size_t i, const char *piece, size_t len, size_t from,
			bool has_end, size_t *ret_end)
{
	enum regex_found found = regex_search(p->re[i], piece, len, from, has_end, ret_end);

	if (found == REGEX_GAVE_UP)
		p->slow = p->text[i];
	return found == REGEX_FOUND;
}

bool patterns_match(struct patterns *p, size_t i, const char *line, size_t from, bool is_whole,
		    size_t *ret_end)
{
	size_t begin = 0, len, end;

	for (;; begin += len + 1) {
		bool is_last;

		len = strcspn(line + begin, "\r");
		is_last = line[begin + len] == '\0';
		if (begin + len >= from &&
		    match_piece(p, i, line + begin, len, from > begin ? from - begin : 0,
				is_whole || !is_last, &end)) {
			*ret_end = begin + end;
			return true;
		}
		if (is_last)
			return false;
	}
}

const char *patterns_find(struct patterns *p, const char *line, bool is_whole)
{
	size_t end;

	for (size_t i = 0; i < p->count; i++)
		if (patterns_match(p, i, line, 0, is_whole, &end))
			return p->text[i];
	return NULL;
}
