/* SPDX-License-Identifier: MIT */
/* Visits a command's options in order: its own groups, then the global ones. */
#include "cli/opt/opt.h"

#include <string.h>

static bool is_own(const struct opt_command *command, size_t i)
{
	return command && i < OPT_USES_MAX && command->uses[i].group;
}

/* The global options follow the command's own groups. */
static const struct opt_use *use_at(const struct opt_program *program,
				    const struct opt_command *command, size_t i,
				    struct opt_use *global)
{
	if (is_own(command, i))
		return &command->uses[i];
	if (i > 0 && !is_own(command, i - 1))
		return NULL;
	*global = (struct opt_use){ program->globals, 0 };
	return global;
}

bool opt_next(const struct opt_program *program, const struct opt_command *command,
	      struct opt_ref *ref)
{
	struct opt_use global;
	const struct opt_use *use;

	if (ref->is_started) {
		ref->at++;
		ref->index++;
	}
	ref->is_started = true;
	while ((use = use_at(program, command, ref->use, &global))) {
		ref->opt = &use->group->opts[ref->at];
		if (ref->opt->name) {
			ref->group = use->group;
			ref->is_global = use == &global;
			ref->base = use->base;
			return true;
		}
		ref->use++;
		ref->at = 0;
	}
	return false;
}

const struct opt_command *opt_command_find(const struct opt_program *program, const char *name)
{
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
