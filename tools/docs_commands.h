/* SPDX-License-Identifier: MIT */
/* Writes the manual pages and docs/commands.md from the table of commands. */
#ifndef EF_DOCS_COMMANDS_H
#define EF_DOCS_COMMANDS_H

#include "cli/opt/opt.h"

/* Write a command's manual page in mdoc; command NULL: the program's own page. */
void commands_man(FILE *out, const struct opt_program *program, const struct opt_command *command);
/* Write docs/commands.md. */
void commands_markdown(FILE *out, const struct opt_program *program);

#endif
