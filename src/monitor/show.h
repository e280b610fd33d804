/* SPDX-License-Identifier: MIT */
/*
 * The chip's text becomes lines, and each line goes to the events, the verdicts, the screen, the
 * copy in the log file and the decoder.
 */
#ifndef EF_MONITOR_SHOW_H
#define EF_MONITOR_SHOW_H

#include "monitor/explain.h"
#include "monitor/filter.h"
#include "monitor/line.h"
#include "monitor/stamp.h"
#include "monitor/verdict.h"

struct show {
	struct screen *screen;
	struct log_copy *copy;
	struct report *report;
	struct verdict *verdict;
	struct explain *explain;
	const struct ending *ending;
	struct text_filter text;
	struct line line;
	size_t prompt_len; /* this much of the line was judged as a prompt */
	struct stamp stamp;
	struct tag_filter tags;
	bool has_filter;
	bool is_hidden; /* the current line does not pass the filter */
};

/* All text functions below: at_us is when the chip sent it. */

/* Plain text, in any pieces. */
void show_text(struct show *s, const uint8_t *data, size_t len, uint64_t at_us);
/* A message of defmt. */
void show_record(struct show *s, const struct ef_defmt_record *record,
		 const struct ef_defmt_format *format, uint64_t at_us);
/* Whether part of a line waits for its end for more than us. */
bool show_is_late(const struct show *s, uint64_t now_us, uint64_t us);
/* The chip pauses: show the part of a line that is there. */
void show_pause(struct show *s);
/* It pauses for long: that part is a prompt, and there will be no end. */
void show_prompt(struct show *s);
/* The end of the run. is_raw: the terminal's prompt comes next. */
void show_end(struct show *s, bool is_raw);

#endif
