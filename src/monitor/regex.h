/* SPDX-License-Identifier: MIT */
/*
 * Searches for the user's regular expressions with PCRE2. The time and the memory of a search are
 * bounded, whatever the expression and the text. A search that reaches a bound has no result.
 */
#ifndef EF_MONITOR_REGEX_H
#define EF_MONITOR_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#define REGEX_DEPTH_MAX  64u
#define REGEX_LENGTH_MAX 4096u

struct regex;

enum regex_made { REGEX_MADE, REGEX_WRONG, REGEX_TOO_LARGE, REGEX_NO_MEMORY };

/*
 * Compile text. MADE: *ret is set; regex_free it. WRONG: why, of cap bytes, gets PCRE2's message.
 */
enum regex_made regex_make(const char *text, struct regex **ret, char *why, size_t cap);
/* Accepts NULL. */
void regex_free(struct regex *re);

enum regex_found { REGEX_ABSENT, REGEX_FOUND, REGEX_GAVE_UP };

/*
 * Search text[0..len) for the first match that begins at from or later. FOUND: *ret_end is its end.
 * has_end: the text ends at len; else more may follow, and $ does not match there.
 */
enum regex_found regex_search(struct regex *re, const char *text, size_t len, size_t from,
			      bool has_end, size_t *ret_end);

#endif
