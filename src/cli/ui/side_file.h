/* SPDX-License-Identifier: MIT */
/* A file that a run writes beside its results: --log-file and --trace. */
#ifndef EF_CLI_SIDE_FILE_H
#define EF_CLI_SIDE_FILE_H

#include "cli/cli.h"

#define STAMP_SIZE 40
/* Write the time now: "2026-01-31T12:00:00Z", or with ".123" before the Z. */
void stamp_time(char ret[STAMP_SIZE], bool has_ms);

#define SIDE_HEAD_SIZE 16
/* Tests whether an earlier run wrote a file that begins like this (NUL-terminated). */
typedef bool side_file_is_ours_fn(const char head[SIDE_HEAD_SIZE]);
/*
 * Open path for writing; NULL opens nothing. Empty the file, so refuse one that holds
 * something else: it may be a part of the build that is flashed. IO, USAGE.
 */
bool side_file_open(struct side_file *side, const char *what, const char *path,
		    side_file_is_ours_fn *is_ours, struct ef_err *err) EF_MUST_CHECK;
/*
 * Write a line; does nothing when the file isn't open. side_file_close reports the first failure.
 */
void side_file_line(struct side_file *side, const char *line);
/* IO when a line was lost. */
bool side_file_close(struct side_file *side, struct ef_err *err) EF_MUST_CHECK;

/* Write a line of --log-file: "[time LEVEL] text". */
void log_file_line(struct cli *cli, const char *level, const char *text);

#endif
