/* SPDX-License-Identifier: MIT */
/* Opens and closes --log-file and --trace of one run. */
#ifndef EF_CLI_SIDE_FILES_H
#define EF_CLI_SIDE_FILES_H

#include "cli/cli.h"

/* Open both; the command line becomes the first line of the log file. USAGE, IO. */
bool side_files_open(struct cli *cli, int argc, char **argv, struct ef_err *err) EF_MUST_CHECK;
/*
 * Close both. If a line was lost, fills err with IO, or only warns if err holds an error already.
 */
bool side_files_close(struct cli *cli, struct ef_err *err) EF_MUST_CHECK;

#endif
