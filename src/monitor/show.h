/* SPDX-License-Identifier: MIT */
/*
 * Turns the chip's text into lines, and passes each line to the events, the verdicts, the screen,
 * the copy in the log file and the decoder.
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

/* Take plain text, in any pieces. */
void show_text(struct show *s, const uint8_t *data, size_t len, uint64_t at_us);
/* Take a message of defmt. */
void show_record(struct show *s, const struct ef_defmt_record *record,
		 const struct ef_defmt_format *format, uint64_t at_us);
/* Return whether a partial line has waited for its end for longer than us. */
bool show_is_late(const struct show *s, uint64_t now_us, uint64_t us);
/* The chip pauses: show a partial line. */
void show_pause(struct show *s);
/* The chip has paused for long: the partial line is a prompt, whose end will not come. */
void show_prompt(struct show *s);
/* End the run. is_raw: the terminal's prompt comes next. */
void show_end(struct show *s, bool is_raw);

#endif
