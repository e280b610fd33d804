/* SPDX-License-Identifier: MIT */
/* Waits for the user's patterns: one of them, all of them, or all in their order. */
#ifndef EF_MONITOR_UNTIL_H
#define EF_MONITOR_UNTIL_H

#include "monitor/patterns.h"
#include <espflash/monitor.h>

struct until {
	struct patterns patterns;
	enum ef_until_mode mode;
	bool *met; /* by pattern */
	size_t met_count;
	size_t from;  /* SEQ: where in the current line the next pattern may begin */
	bool has_hit; /* SEQ: the current line met a pattern */
};

/* Compile the patterns. opts must outlive it. Errors: USAGE, IO. */
bool until_open(struct until *u, const struct ef_monitor_ends *opts,
		struct ef_err *err) EF_MUST_CHECK;
/* Accepts one that was never opened. */
void until_close(struct until *u);
/*
 * Compare the current line, or the part of it that has arrived. Returns the pattern that was met
 * just now, NULL if none was; call again until it returns NULL or until_is_met().
 */
const char *until_find(struct until *u, const char *plain, bool is_whole);
/* Note that the next text is another line. */
void until_next_line(struct until *u);
bool until_is_met(const struct until *u);
/* Write the patterns that were not met: "'a', 'b'". For ANY: all of them. */
void until_missing(const struct until *u, char *ret, size_t cap);
/* Return the verb for what until_missing lists: "was" or "were". */
const char *until_were(const struct until *u);

#endif
