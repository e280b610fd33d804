/* SPDX-License-Identifier: MIT */
/* Chooses the hint that follows an error. */
#ifndef EF_CLI_HINTS_H
#define EF_CLI_HINTS_H

#include "cli/cli.h"

/*
 * Give an error without a hint the hint for its code. Commands in any hint get the
 * name that the program was called by.
 */
void cli_default_hint(const struct cli *cli, struct ef_err *err);

/* If the error is about a file that a configuration file names, name that place. */
void cli_blame_config(const struct cli *cli, struct ef_err *err);

#endif
