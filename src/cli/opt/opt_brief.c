/* SPDX-License-Identifier: MIT */
/* Prints -h: one screen with the most used options. --help (opt_help.c) has everything. */
#include "cli/opt/opt_parser.h"
#include "cli/opt/opt_priv.h"

#include <string.h>

#define WIDTH  80 /* as many columns and lines as every terminal has */
#define MARGIN 32 /* column where explanations start */

static void row(FILE *out, const struct opt *o)
{
	char left[OPT_LEFT_SIZE];

	opt_left_column(o, left);
	fprintf(out, "%-*s ", MARGIN - 1, left);
	opt_wrap(out, o->help, MARGIN, WIDTH);
}

/* Return whether the option has an effect only together with another one of this command. */
static bool is_secondary(const struct opt_program *program, const struct opt_command *command,
			 const struct opt *o)
{
	const char *rule = o->idle;
	struct opt_cond c = { .is_and = false };
	bool is_joined = false;

	for (; opt_cond_next(&rule, &c); is_joined = c.is_and) {
		struct opt_ref ref = { 0 };

		while (c.is_negated && !is_joined && opt_next(program, command, &ref))
			if (strcmp(ref.opt->name, c.name) == 0)
				return true;
	}
	return false;
}

static bool is_idle(const struct opt_command *command, const struct opt *o)
{
	const char *rule = command->idle;
	struct opt_cond c;

	while (opt_cond_next(&rule, &c))
		if (strcmp(c.name, o->name) == 0)
			return true;
	return false;
}

static void command_rows(FILE *out, const struct opt_program *program,
			 const struct opt_command *command, bool args)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, command, &ref)) {
		const struct opt *o = ref.opt;
		bool is_arg = o->flags & OPT_ARG;

		if (is_arg != args || (!is_arg && !(o->flags & OPT_COMMON)))
			continue;
		if (is_arg || (!is_idle(command, o) && !is_secondary(program, command, o)))
			row(out, o);
	}
}

static void help_command(FILE *out, const struct opt_program *program,
			 const struct opt_command *command)
{
	opt_wrap(out, command->summary, 0, WIDTH);
	fputs("\nUsage: ", out);
	opt_usage(out, program, command);
	fputs("\n\n", out);
	command_rows(out, program, command, true);
	command_rows(out, program, command, false);
	if (command->examples[0] &&
	    strlen("Example:  ") + strlen(program->name) + strlen(command->examples[0]) <= WIDTH)
		fprintf(out, "\nExample: %s %s\n", program->name, command->examples[0]);
	fprintf(out, "All options: %s %s --help\n", program->name, command->name);
}

/* Collect the names of the commands that have no row, as one text. */
static void other_names(const struct opt_program *program, char *ret, size_t cap)
{
	size_t len = 0;

	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden && !c->is_common && len < cap) {
			snprintf(ret + len, cap - len, "%s%s", len ? ", " : "", c->name);
			len += strlen(ret + len);
		}
}

static void help_program(FILE *out, const struct opt_program *program)
{
	char names[1024] = "";

	fprintf(out, "%s: %s\n\nUsage: ", program->name, program->summary);
	opt_usage(out, program, NULL);
	fputs("\n\n", out);
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (c->is_common) {
			fprintf(out, "  %-14s ", c->name);
			opt_wrap(out, c->summary, 17, WIDTH);
		}
	other_names(program, names, sizeof(names));
	fputs("  more:          ", out);
	opt_wrap(out, names, 17, WIDTH);
	fprintf(out, "\n'%s COMMAND -h' shows a command's common options,\n", program->name);
	fprintf(out, "'%s --help' everything, and the exit statuses.\n", program->name);
}

void opt_help_brief(FILE *out, const struct opt_program *program, const struct opt_command *command)
{
	if (command)
		help_command(out, program, command);
	else
		help_program(out, program);
}
