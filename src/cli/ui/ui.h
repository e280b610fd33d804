/* SPDX-License-Identifier: MIT */
/*
 * Talks to the user: log lines, questions, progress, errors. Each headline names the file that has
 * the functions.
 */
#ifndef EF_CLI_UI_H
#define EF_CLI_UI_H

#include "cli/cli.h"
#include "cli/ui/json_out.h"
#include <espflash/flasher.h>
#include <espflash/log.h>

/* ---- ui_term.c: the terminal ---- */

struct ui_env {
	const char *no_color, *term, *ci; /* environment variables; NULL: not set */
};
/* Decide colours and progress from options, environment and terminals. */
void ui_init(struct cli *cli, const struct ui_env *env);
/* Return the columns of a terminal; 80 if fd is none. */
unsigned ui_width(int fd);
/* Return the columns for help on standard output. */
unsigned ui_help_width(void);
/* End the progress bar if one is open in the last line of the terminal. */
void ui_progress_close(struct cli *cli);

/* ---- ui_wrap.c: long lines ---- */

/*
 * Print text and a newline. used columns of the line are taken already; on a terminal a line that
 * is too long is broken between words, and continued after indent blanks.
 */
void ui_wrap(FILE *out, const char *text, unsigned used, unsigned indent);
/* Do the same for a terminal of width columns; 0: no line is broken. */
void ui_wrap_at(FILE *out, const char *text, unsigned used, unsigned indent, unsigned width);

/* ---- ui_ask.c: questions ---- */

/* Return whether a question can be asked: keyboard and stderr are terminals. */
bool ui_can_ask(const struct cli *cli);
/*
 * Read one line from the keyboard without its newline; false at the end of input or after a signal.
 */
bool ui_ask(struct cli *cli, const char *question, char *ret, size_t cap);

/* ---- ui_log.c: log lines ---- */

/* "[2026-01-31T12:00:00Z INFO ] text" on stderr; with --quiet only warnings. */
void ui_log(struct cli *cli, enum ef_log_level level, const char *fmt, ...) EF_PRINTF(3, 4);
/* For ef_log_set_sink; user is the struct cli. */
void ui_log_sink(void *user, enum ef_log_level level, const char *line);

/* ---- ui_progress.c: how far a piece of work is ---- */

/* Show an event of the flasher: a message or progress. */
void ui_event(struct cli *cli, const struct ef_event *event);
/* Write the bar for a terminal of this many columns, without the word that may follow it. */
void ui_bar_line(char *ret, size_t cap, const struct ef_event *e, uint64_t seconds,
		 unsigned columns);
/*
 * Return how many columns of a terminal text takes: escape sequences take none, a character takes
 * one.
 */
unsigned ui_columns(const char *text);

/* ---- ui_error.c: errors ---- */

/* Print the error: as text on stderr, or with --json as a field of the object on stdout. */
void ui_error(struct cli *cli, const struct ef_err *err);
/* Write the error to the log file, if there is one. */
void ui_log_error(struct cli *cli, const struct ef_err *err);
/* Return the exit status of an error; after a signal 128 + its number, as shells do. */
int ui_exit_status(const struct cli *cli, const struct ef_err *err);
int ui_code_status(const struct cli *cli, enum ef_code code);

/* ---- ui_result.c: standard output ---- */

/* Take the command's object of --json and keep it until the run ends. IO: memory ran out. */
bool ui_result(struct cli *cli, struct json_out *j, struct ef_err *err) EF_MUST_CHECK;
/* Add the gate's findings of this run as the field "findings", once. */
void ui_findings_json(struct cli *cli, struct json_out *j);
/* Print the object that is kept, if there is one. IO: memory ran out. */
bool ui_print_result(struct cli *cli, struct ef_err *err) EF_MUST_CHECK;
/*
 * Print the object that is kept. From here on output is written at once, because a monitor follows.
 */
void ui_stream(struct cli *cli);
/* If path is standard output, move the text for people to stderr. USAGE with --json. */
bool ui_yield_stdout(struct cli *cli, const char *path, struct ef_err *err) EF_MUST_CHECK;
/* Flush standard output; IO when some of it was lost. A reader that left is not an error. */
bool ui_flush(struct cli *cli, struct ef_err *err) EF_MUST_CHECK;

#endif
