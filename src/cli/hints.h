/* SPDX-License-Identifier: MIT */
/* What to do next after an error. */
#ifndef EF_CLI_HINTS_H
#define EF_CLI_HINTS_H

#include "cli/cli.h"

/*
 * Give an error that has no hint the one for its code. In every hint the
 * program gets the name that it was called by.
 */
void cli_default_hint(const struct cli *cli, struct ef_err *err);

#endif
