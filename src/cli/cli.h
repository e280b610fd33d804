/* SPDX-License-Identifier: MIT */
/*
 * The state of one run of the program. program.c fills it, and every room receives
 * a pointer to it.
 */
#ifndef EF_CLI_CLI_H
#define EF_CLI_CLI_H

#include <signal.h>
#include <stdio.h>

#include "cli/opt/opt.h"
#include "cli/table/args.h"

struct config;
struct json_out;
struct ef_connect_report;
struct ef_findings;

/* The state of the progress bar or of the progress lines (ui_progress.c). */
struct progress {
	enum progress_kind kind; /* never AUTO: ui_init decides */
	bool is_hidden;          /* a read too small to be worth a line is going on */
	bool is_open;            /* the last line of the terminal is a bar without a newline */
	uint64_t started_us;
	unsigned percent; /* the percentage that was shown last */
	unsigned width;   /* length of the bar that was shown last, in characters */
};

/* A file that a run writes beside its results: --log-file or --trace (side_file.c). */
struct side_file {
	const char *what, *path;
	FILE *file; /* NULL: the option was not given */
	int fd;
	int error; /* errno of the first line that could not be written; 0 */
};

struct cli {
	const struct opt_program *program;
	const char *command; /* name of the running command; "" before it is known */
	const struct opt_parsed *parsed;
	struct config *config; /* NULL until cli_config() reads the files */
	struct global_args global;
	FILE *out, *err;
	bool is_out_color, is_err_color;
	bool is_json;
	bool is_json_lines;      /* --json of a monitor: each object is one line of many */
	struct json_out *result; /* --json: the command's object (ui_result.c); NULL: none yet */
	struct side_file log_file, trace;
	struct progress progress;
	struct ef_connect_report *connected; /* how connecting went; NULL: it was not tried */
	struct ef_findings *findings; /* what the gate found in this run (gate.c); NULL: nothing */
	const volatile sig_atomic_t *interrupt;
	struct json_out *work; /* --json: what the run did to the chip so far (work.c); NULL */
};

/*
 * Return whether the command line or the environment gave this option; a configuration file doesn't
 * count.
 */
bool cli_is_given(const struct cli *cli, const char *option);
/* Return the first given option that has one of these flags (OPT_FOR_...); NULL: there is none. */
const char *cli_given_for(const struct cli *cli, unsigned flags);

/*
 * The source of the option's value: "--chip", "the variable X", "configuration 'f': line 2: key
 * 'y'".
 */
#define CLI_ORIGIN_SIZE 1280
void cli_origin(const struct cli *cli, const char *option, char ret[CLI_ORIGIN_SIZE]);

#endif
