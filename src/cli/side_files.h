/* SPDX-License-Identifier: MIT */
/* --log-file and --trace of one run. */
#ifndef EF_CLI_SIDE_FILES_H
#define EF_CLI_SIDE_FILES_H

#include "cli/cli.h"

/* Open both; the command line becomes the first line of the log file. USAGE, IO. */
bool side_files_open(struct cli *cli, int argc, char **argv, struct ef_err *err) EF_MUST_CHECK;
/* Close both. IO into err when a line was lost; a warning if err holds an error already. */
bool side_files_close(struct cli *cli, struct ef_err *err) EF_MUST_CHECK;

#endif
