/* SPDX-License-Identifier: MIT */
/* The table of commands. */
#ifndef EF_CLI_COMMANDS_H
#define EF_CLI_COMMANDS_H

#include "cli/opt/opt.h"

extern const struct opt_program cli_program;

#endif
