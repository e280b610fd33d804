/* SPDX-License-Identifier: MIT */
/*
 * Parses the log lines of ESP-IDF and of Rust's esp-println: their level and tag, their colour, and
 * the filter that selects the lines to show. Pure functions.
 */
#ifndef EF_MONITOR_LOGLINE_H
#define EF_MONITOR_LOGLINE_H

#include <stdbool.h>
#include <stddef.h>

#include <espflash/err.h>

struct log_line {
	char level;      /* E, W, I, D, V; 0: not a log line */
	const char *tag; /* points into the text */
	size_t tag_len;  /* 0: no tag */
};

/* text has no escape sequences. */
void log_line_parse(const char *text, size_t len, struct log_line *ret);

/* Return the escape sequence for the colour of a level; "" if it has none. */
const char *log_line_color(char level);
#define LOG_COLOR_END "\x1b[0m"

/* ---- which lines are shown ---- */

#define TAG_RULES_MAX 64
#define TAG_SIZE      64

struct tag_filter {
	struct {
		char tag[TAG_SIZE]; /* "*": all tags without a rule */
		int rank;           /* show levels up to this: 0 none ... 5 verbose */
	} rule[TAG_RULES_MAX];
	size_t count;
};

/*
 * Parse "*:I,wifi:D"; blanks separate rules as well. A tag without a level shows all of its
 * lines. Errors: USAGE.
 */
bool tag_filter_parse(const char *text, struct tag_filter *ret, struct ef_err *err) EF_MUST_CHECK;
/* Lines that are not log lines pass unless there is a rule "*:N". */
bool tag_filter_passes(const struct tag_filter *f, const struct log_line *line);

#endif
