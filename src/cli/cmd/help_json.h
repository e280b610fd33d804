/* SPDX-License-Identifier: MIT */
/* Writes the table of commands as JSON. */
#ifndef EF_CLI_HELP_JSON_H
#define EF_CLI_HELP_JSON_H

#include "cli/opt/opt.h"
#include "cli/ui/json_out.h"

/* Add the array "commands" to the open object. only: one command; NULL: all. */
void help_json(struct json_out *j, const struct opt_program *program,
	       const struct opt_command *only);

#endif
