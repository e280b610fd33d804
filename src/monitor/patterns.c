/* SPDX-License-Identifier: MIT */
/* Knows which regular expressions a user can give, and which are mistakes. */
#include "monitor/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "monitor/line.h"

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
		/* glibc takes it for a back-reference, and such a search can take for ever */
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

static bool compile(regex_t *re, uint32_t which, const char *text, struct ef_err *err)
{
	char why[128];
	int code;

	if (pattern_is_too_large(text)) {
		ef_fail(err, EF_E_USAGE,
			"'%.60s' is too large a regular expression: at most 64 groups in each "
			"other "
			"and 1000 pieces with all repeats",
			text);
		return ef_hint_numbers(err, EF_HINT_REGEX_SIZE, which, 0);
	}
	if (!check_escapes(which, text, err))
		return false;
	code = regcomp(re, text, REG_EXTENDED);
	if (code == 0)
		return true;
	(void)regerror(code, re, why, sizeof(why));
	ef_fail(err, EF_E_USAGE, "'%s' is no regular expression: %s", text, why);
	return ef_hint_numbers(err, EF_HINT_REGEX_SYNTAX, which, 0);
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
		patterns_release(p);
		return false;
	}
	return true;
}

void patterns_release(struct patterns *p)
{
	for (size_t i = 0; i < p->count; i++)
		regfree(&p->re[i]);
	free(p->re);
	*p = (struct patterns){ .re = NULL };
}

/* Match one piece between two CRs, from an offset in it. */
static bool match_piece(const regex_t *re, const char *piece, size_t from, bool is_whole,
			size_t *ret_end)
{
	regmatch_t m[1];

	if (regexec(re, piece + from, 1, m, (is_whole ? 0 : REG_NOTEOL) | (from ? REG_NOTBOL : 0)))
		return false;
	*ret_end = from + (size_t)m[0].rm_eo;
	return true;
}

bool patterns_match(const struct patterns *p, size_t i, const char *line, size_t from,
		    bool is_whole, size_t *ret_end)
{
	char piece[LINE_SIZE];
	size_t begin = 0, len, end;

	for (;; begin += len + 1) {
		bool is_last;

		len = strcspn(line + begin, "\r");
		is_last = line[begin + len] == '\0';
		if (begin + len >= from && len < sizeof(piece)) {
			memcpy(piece, line + begin, len);
			piece[len] = '\0';
			if (match_piece(&p->re[i], piece, from > begin ? from - begin : 0,
					is_whole || !is_last, &end)) {
				*ret_end = begin + end;
				return true;
			}
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
