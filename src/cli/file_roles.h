/* SPDX-License-Identifier: MIT */
/* Refuses a file that is written and has another role as well. */
#ifndef EF_CLI_FILE_ROLES_H
#define EF_CLI_FILE_ROLES_H

#include "cli/cli.h"

/*
 * Call this before any file is opened. A file that the command line or a setting writes must not be
 * an input, another output, the configuration or the state. Names, links and hard links count.
 * args: the command's arguments. USAGE, IO (memory).
 */
bool file_roles_check(struct cli *cli, const void *args, struct ef_err *err) EF_MUST_CHECK;

#endif
