/* SPDX-License-Identifier: MIT */
/* Compares lines of the log with the user's regular expressions. */
#ifndef EF_MONITOR_PATTERNS_H
#define EF_MONITOR_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>

#include <espflash/err.h>

#include "monitor/regex.h"

struct patterns {
	struct regex **re;
	const char *const *text; /* borrowed */
	size_t count;            /* compiled so far */
	/*
	 * The last pattern whose search was given up; NULL: none. A caller that has warned the user
	 * sets it to NULL.
	 */
	const char *slow;
};

/*
 * Compile regular expressions. Errors: USAGE, whose hint names the list (EF_HINT_UNTIL or
 * EF_HINT_FAIL); IO.
 */
bool patterns_compile(struct patterns *p, uint32_t which, const char *const *text, size_t count,
		      struct ef_err *err) EF_MUST_CHECK;
/* Accepts an empty one, and may be called twice. */
void patterns_release(struct patterns *p);
/*
 * Search line for pattern i, at `from` or later; *ret_end is the end of the match. Text that the
 * chip overwrites by CR is a line of its own. If the line is not whole, more may follow, so $ does
 * not match at its end.
 */
bool patterns_match(struct patterns *p, size_t i, const char *line, size_t from, bool is_whole,
		    size_t *ret_end);
/* Return the first pattern that matches, or NULL. */
const char *patterns_find(struct patterns *p, const char *line, bool is_whole);

#endif
