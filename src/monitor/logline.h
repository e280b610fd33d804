/* SPDX-License-Identifier: MIT */
/*
 * Log lines of ESP-IDF and of Rust's esp-println: level and tag, which of them
 * a user wants to see, and their colours. Pure.
 */
#ifndef EF_MONITOR_LOGLINE_H
#define EF_MONITOR_LOGLINE_H

#include <stdbool.h>
#include <stddef.h>

#include <espflash/err.h>

struct log_line {
	char level;      /* E W I D V; 0: not a log line */
	const char *tag; /* into the text; len 0: none */
	size_t tag_len;
};

/* text without escape sequences. */
void log_line_parse(const char *text, size_t len, struct log_line *ret);

/* The sequence that begins a level's colour; "" where there is none. */
const char *log_line_color(char level);
#define LOG_COLOR_END "\x1b[0m"

/* ---- which lines are shown ---- */

#define TAG_RULES_MAX 64
#define TAG_SIZE      64

struct tag_filter {
	struct {
		char tag[TAG_SIZE]; /* "*": all others */
		int rank;           /* 0 nothing ... 5 verbose */
	} rule[TAG_RULES_MAX];
	size_t count;
};

/* "*:I,wifi:D": a tag without level means everything of it. Blanks part, too. USAGE. */
bool tag_filter_parse(const char *text, struct tag_filter *ret, struct ef_err *err) EF_MUST_CHECK;
/* Lines that are no log lines pass unless "*:N" was said, panics among them always. */
bool tag_filter_passes(const struct tag_filter *f, const struct log_line *line);

#endif
