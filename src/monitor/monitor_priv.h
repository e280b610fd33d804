/* SPDX-License-Identifier: MIT */
/* The state of a monitor, shared by monitor.c, show.c and typed.c. */
#ifndef EF_MONITOR_PRIV_H
#define EF_MONITOR_PRIV_H

#include "base/util.h"
#include "monitor/filter.h"
#include "monitor/keys.h"
#include "monitor/line.h"
#include "monitor/logline.h"
#include "monitor/out.h"
#include "monitor/proc.h"
#include "monitor/term.h"
#include "monitor/trigger.h"
#include <espflash/monitor.h>

#define TYPED_SIZE (256u * 1024u)
#define COPY_SIZE  16384u
#define READ_SIZE  4096u
#define LONG_LINE  (132u * 1024u) /* the largest stack that is unwound, in digits */

/* What was typed and waits for the chip to take it. */
struct typed {
	uint8_t *data; /* TYPED_SIZE bytes */
	size_t pos, len;
	bool is_told;  /* the user knows that something was lost */
	bool after_cr; /* of a pipe whose line ends are converted */
};

struct ef_monitor {
	struct ef_port *port; /* NULL: lent */
	const struct ef_monitor_opts *opts;
	uint64_t started_us, now_us; /* of the port's clock; now as of the last turn */
	uint64_t shift_us;           /* what is added to the port's: ports come and go */
	uint64_t heard_us;           /* when the chip said something last */
	bool has_read;               /* the last read had something */
	bool is_talking;             /* and the one before */

	/* the end */
	bool is_done;
	bool is_left;      /* by the user or the reader: nothing is waited for any more */
	struct ef_err end; /* OK: success */
	char reason[EF_ERR_MSG_SIZE]; /* of a success; "" the user left */
	bool is_over;                 /* what is left is shown, but ends nothing any more */

	/* the way of the text */
	struct text_filter text;
	struct line line;
	size_t prompt_len; /* so much of the line was judged as one that waits for an answer */
	struct ef_buf long_line; /* what was cut off the current line, for the decoder */
	struct ef_decoder *decoder;
	struct ef_defmt *defmt;
	const struct ef_defmt_format *defmt_format;
	struct frame_watch frames;
	struct procs procs;
	uint8_t got[READ_SIZE];  /* from the chip */
	uint8_t made[READ_SIZE]; /* from the processors */

	/* the picture */
	struct tag_filter tags;
	bool is_hidden;      /* the current line doesn't pass the filter */
	bool is_painted;     /* the current line has our colour */
	bool is_styled;      /* the chip's own colour goes on */
	bool is_screen;      /* out_fd is a terminal */
	bool is_midline;     /* the cursor isn't in the first column */
	uint64_t stamped_us; /* the line before */
	struct out out;
	uint8_t copy[COPY_SIZE]; /* for the log file */
	size_t copy_len;

	/* triggers */
	struct patterns until, fail;
	struct boot_loop loop;
	uint64_t loop_told_us; /* 0: the user does not know of a boot loop */
	bool has_said;         /* the chip said something before */
	bool in_panic;
	bool ends_on_panic;
	bool is_ending; /* the crash is being shown to its end */
	uint64_t panic_us;

	/* the keyboard and the port */
	struct term term;
	struct keys keys;
	struct typed typed;
	bool is_lost; /* the port went away */
};

/* ---- monitor.c ---- */

/* The first reason counts. */
void monitor_end(struct ef_monitor *m, enum ef_code code, const char *fmt, ...) EF_PRINTF(3, 4);
void monitor_tell(struct ef_monitor *m, enum ef_monitor_event_kind kind, const char *text,
		  enum ef_code code);
void monitor_event(struct ef_monitor *m, enum ef_monitor_event_kind kind, const char *text);
/* Signals and the flag. */
void monitor_check(struct ef_monitor *m);

/* ---- show.c: what the chip says ---- */

/* Plain text of the chip. */
void show_text(struct ef_monitor *m, const uint8_t *data, size_t len);
void show_record(struct ef_monitor *m, const struct ef_defmt_record *record);
/* The chip pauses: what is there of a line is shown. */
void show_pause(struct ef_monitor *m);
/* It pauses for long: what is there of a line is all there will be. */
void show_prompt(struct ef_monitor *m);
/* The end: half characters, too, and the cursor goes to the first column. */
void show_end(struct ef_monitor *m);
/* A line that explains the one before. */
void show_decoded(void *m, const char *line);
/* Bytes for the screen; waits for the reader, but not past the end of the monitor. */
void show_put(struct ef_monitor *m, const void *data, size_t len);
/* Before what isn't the chip's: a line of its own, in the terminal's own colour. */
void show_notice(struct ef_monitor *m);
/* What is typed, on the screen. */
void show_echo(struct ef_monitor *m, uint8_t c);
/* For the log file. */
void show_copy(struct ef_monitor *m, const void *data, size_t len);
void show_copy_flush(struct ef_monitor *m);

/* ---- typed.c: what the user types ---- */

/* Read what was typed: commands are done, the rest waits to be sent. PORT when the port is gone. */
bool typed_read(struct ef_monitor *m, struct ef_err *err) EF_MUST_CHECK;
/* Send a piece of what waits. */
bool typed_send(struct ef_monitor *m, struct ef_err *err) EF_MUST_CHECK;
void typed_help(struct ef_monitor *m);

#endif
