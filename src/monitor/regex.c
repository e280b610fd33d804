/* SPDX-License-Identifier: MIT */
/*
 * Knows PCRE2, and how to bound it. Its own match limit counts anew at each place where
 * a match may begin (pcre2_match.c of 10.42 sets match_call_count to 0 there), so a line
 * of 4 KiB would have 4096 times that. A callout counts the steps of a whole search.
 */
#include "monitor/regex.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/*
 * Steps of a search. A pattern like "a.*b.*c" needs some thousand on a line of 4 KiB. This many
 * take 10 ms or less.
 */
#define STEPS_MAX    100000u
#define HEAP_MAX_KIB 4096u

struct regex {
	pcre2_code *code;
	pcre2_match_data *found;
	pcre2_match_context *limits;
	unsigned long steps; /* steps that this search took */
};

static int on_step(pcre2_callout_block *block, void *user)
{
	struct regex *re = user;

	(void)block;
	return ++re->steps > STEPS_MAX ? PCRE2_ERROR_CALLOUT : 0;
}

/* Compile the pattern. Returns the code, or NULL and PCRE2's number for the reason. */
static pcre2_code *compile(const char *text, int *ret_why)
{
	pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
	pcre2_code *code = NULL;
	PCRE2_SIZE at;

	*ret_why = PCRE2_ERROR_NOMEMORY;
	if (!limits)
		return NULL;
	if (pcre2_set_max_pattern_length(limits, REGEX_LENGTH_MAX) == 0 &&
	    pcre2_set_parens_nest_limit(limits, REGEX_DEPTH_MAX) == 0)
		code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
				     PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C |
					     PCRE2_DOLLAR_ENDONLY | PCRE2_AUTO_CALLOUT,
				     ret_why, &at, limits);
	pcre2_compile_context_free(limits);
	return code;
}

static enum regex_made reason(int why, char *ret, size_t cap)
{
	switch (why) {
	case PCRE2_ERROR_NOMEMORY:
	case PCRE2_ERROR_HEAP_FAILED:
		return REGEX_NO_MEMORY;
	case PCRE2_ERROR_PATTERN_TOO_LARGE:
	case PCRE2_ERROR_PATTERN_STRING_TOO_LONG:
	case PCRE2_ERROR_PATTERN_TOO_COMPLICATED:
	case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP:
	case PCRE2_ERROR_QUANTIFIER_TOO_BIG:
		return REGEX_TOO_LARGE;
	default:
		(void)pcre2_get_error_message(why, (PCRE2_UCHAR *)ret, cap);
		return REGEX_WRONG;
	}
}

enum regex_made regex_make(const char *text, struct regex **ret, char *why, size_t cap)
{
	struct regex *re = calloc(1, sizeof(*re));
	int code;

	if (!re)
		return REGEX_NO_MEMORY;
	re->code = compile(text, &code);
	if (!re->code) {
		regex_free(re);
		return reason(code, why, cap);
	}
	re->found = pcre2_match_data_create(1, NULL);
	re->limits = pcre2_match_context_create(NULL);
	if (!re->found || !re->limits || pcre2_set_heap_limit(re->limits, HEAP_MAX_KIB) != 0 ||
	    pcre2_set_callout(re->limits, on_step, re) != 0) {
		regex_free(re);
		return REGEX_NO_MEMORY;
	}
	*ret = re;
	return REGEX_MADE;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_match_context_free(re->limits);
	pcre2_match_data_free(re->found);
	pcre2_code_free(re->code);
	free(re);
}

enum regex_found regex_search(struct regex *re, const char *text, size_t len, size_t from,
			      bool has_end, size_t *ret_end)
{
	int n;

	re->steps = 0;
	n = pcre2_match(re->code, (PCRE2_SPTR)text, len, from, has_end ? 0 : PCRE2_NOTEOL,
			re->found, re->limits);
	if (n >= 0)
		*ret_end = pcre2_get_ovector_pointer(re->found)[1];
	/*
	 * -1: no match; any other negative number: PCRE2 reached a limit or can't search the text
	 */
	return n >= 0 ? REGEX_FOUND : n == PCRE2_ERROR_NOMATCH ? REGEX_ABSENT : REGEX_GAVE_UP;
}
