/* SPDX-License-Identifier: MIT */
/*
 * Knows when several patterns count as seen. A line is compared several times while it comes, so
 * each pattern counts once. For patterns in order, the position in the line is kept, so that no
 * text of the chip counts for two of them.
 */
#include "monitor/until.h"

#include <stdlib.h>

#include "base/util.h"

bool until_open(struct until *u, const struct ef_monitor_ends *opts, struct ef_err *err)
{
	u->mode = opts->until_mode;
	if (!patterns_compile(&u->patterns, EF_HINT_UNTIL, opts->until, opts->until_count, err))
		return false;
	u->met = calloc(opts->until_count + 1, sizeof(*u->met));
	return u->met || ef_fail(err, EF_E_IO, "out of memory");
}

void until_close(struct until *u)
{
	patterns_release(&u->patterns);
	free(u->met);
	u->met = NULL;
}

static const char *meet(struct until *u, size_t i)
{
	u->met[i] = true;
	u->met_count++;
	return u->patterns.text[i];
}

const char *until_find(struct until *u, const char *plain, bool is_whole)
{
	size_t end;

	if (u->mode == EF_UNTIL_SEQ) {
		if (u->met_count == u->patterns.count ||
		    !patterns_match(&u->patterns, u->met_count, plain, u->from, is_whole, &end))
			return NULL;
		u->from = end;
		u->has_hit = true;
		return meet(u, u->met_count);
	}
	for (size_t i = 0; i < u->patterns.count; i++)
		if (!u->met[i] && patterns_match(&u->patterns, i, plain, 0, is_whole, &end))
			return meet(u, i);
	return NULL;
}

void until_next_line(struct until *u)
{
	u->from = 0;
	u->has_hit = false;
}

bool until_is_met(const struct until *u)
{
	size_t want = u->mode == EF_UNTIL_ANY ? 1 : u->patterns.count;

	return u->patterns.count > 0 && u->met_count >= want;
}

void until_missing(const struct until *u, char *ret, size_t cap)
{
	size_t len = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < u->patterns.count; i++) {
		if (u->met[i])
			continue;
		(void)ef_snprintf(ret + len, cap - len, "%s'%s'",
				  len == 0                  ? ""
				  : u->mode == EF_UNTIL_ANY ? " or "
							    : ", ",
				  u->patterns.text[i]);
		len += strlen(ret + len);
	}
}

const char *until_were(const struct until *u)
{
	size_t missing = u->patterns.count - u->met_count;

	return u->mode != EF_UNTIL_ANY && missing > 1 ? "were" : "was";
}
