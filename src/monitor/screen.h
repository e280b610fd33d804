/* SPDX-License-Identifier: MIT */
/*
 * Renders lines for the output: handles colours, what the terminal can show, and the column of the
 * cursor. All output goes to the ring of out.h.
 */
#ifndef EF_MONITOR_SCREEN_H
#define EF_MONITOR_SCREEN_H

#include "monitor/out.h"
#include <espflash/monitor.h>

struct screen {
	struct out out;
	const struct ef_monitor_output *opts;
	bool is_tty;     /* the output is a terminal */
	bool is_midline; /* the cursor is not in the first column */
	bool is_painted; /* the current line has a colour of ours */
	bool is_styled;  /* the chip left a colour or style switched on */
	bool is_cut;     /* explanations were left out since the last line of the chip */
};

/* opts must outlive the screen. Errors: IO. */
bool screen_open(struct screen *s, const struct ef_monitor_output *opts,
		 struct ef_err *err) EF_MUST_CHECK;
/* Accepts one that was never opened. */
void screen_close(struct screen *s);

/* ---- lines of the chip ---- */

/* Begin a line. mark: the time, or ""; level: of a log line, which may get a colour; 0: none. */
void screen_begin_line(struct screen *s, const char *mark, char level);
/* Add more of the current line. */
void screen_line(struct screen *s, const char *text, size_t len);
void screen_end_line(struct screen *s);

/* ---- other text ---- */

/* Call this before text that is not the chip's. Reset the chip's colours and begin a new line. */
void screen_notice(struct screen *s);
/* Show text of the monitor itself, unchanged. */
void screen_say(struct screen *s, const char *text);
/* Show a whole line that explains the one before. If the ring has too little room, drop some. */
void screen_explain(struct screen *s, const char *text);
/* Echo a character that was typed. */
void screen_echo(struct screen *s, uint8_t c);
/* End the run. begins_line: the next text on the terminal must begin a line. */
void screen_end(struct screen *s, bool begins_line);

#endif
