/* SPDX-License-Identifier: MIT */
/* Manual pages and docs/commands.md. */
#ifndef EF_DOCS_COMMANDS_H
#define EF_DOCS_COMMANDS_H

#include "cli/opt/opt.h"

/* A manual page in mdoc; command NULL: the program's page. */
void commands_man(FILE *out, const struct opt_program *program, const struct opt_command *command);
/* docs/commands.md. */
void commands_markdown(FILE *out, const struct opt_program *program);

#endif
