/* SPDX-License-Identifier: MIT */
/* Prints the table as help on a terminal. */
#include <string.h>

#include "cli/opt/opt_priv.h"

#define MARGIN        30 /* column where explanations start */
#define NARROW        70 /* on a narrower terminal explanations start on the next line... */
#define NARROW_MARGIN 10 /* ... at this column */

/* Return the number of bytes of text that fill one line, broken between words. */
static size_t line_len(const char *text, size_t room)
{
	size_t len = strcspn(text, "\n"), cut;

	if (len <= room)
		return len;
	for (cut = room; cut > 0 && text[cut] != ' ';)
		cut--;
	/* A word that is longer than the line is not broken. */
	return cut ? cut : strcspn(text, " \n");
}

void opt_wrap(FILE *out, const char *text, unsigned indent, unsigned width)
{
	size_t room = width > indent + 20 ? width - indent : 20;
	bool is_first = true;

	while (*text) {
		size_t len = line_len(text, room);

		if (!is_first && len)
			fprintf(out, "%*s", (int)indent, "");
		is_first = false;
		fprintf(out, "%.*s\n", (int)len, text);
		text += len;
		if (*text == ' ' || *text == '\n')
			text++;
	}
}

void opt_usage(FILE *out, const struct opt_program *program, const struct opt_command *command)
{
	struct opt_ref ref = { 0 };

	fprintf(out, "%s", program->name);
	if (!command) {
		fputs(" [OPTIONS] <COMMAND>", out);
		return;
	}
	fprintf(out, " %s [OPTIONS]", command->name);
	while (opt_next(program, command, &ref))
		if (!(ref.opt->flags & OPT_ARG) && (ref.opt->flags & OPT_REQUIRED))
			fprintf(out, " --%s <%s>", ref.opt->name, ref.opt->value);
	ref = (struct opt_ref){ 0 };
	while (opt_next(program, command, &ref))
		if (ref.opt->flags & OPT_ARG)
			fprintf(out, ref.opt->flags & OPT_REQUIRED ? " <%s>%s" : " [%s]%s",
				ref.opt->value, ref.opt->kind == OPT_KIND_LIST ? "..." : "");
}

/* "help text [possible values: ...] [env: ...] [default: ...]" */
static void explain(FILE *out, const struct opt *o)
{
	const char *name;

	fputs(o->help, out);
	if (opt_choice_name(o, 0)) {
		fputs(" [possible values: ", out);
		for (size_t i = 0; (name = opt_choice_name(o, i)); i++)
			fprintf(out, "%s%s", i ? ", " : "", name);
		fputc(']', out);
	}
	if (o->env)
		fprintf(out, " [env: %s]", o->env);
	if (o->config)
		fprintf(out, " [config: %s]", o->config);
	if (o->def)
		fprintf(out, " [default: %s]", o->def);
	if (o->details)
		fprintf(out, "\n%s", o->details);
}

static void print_row(FILE *out, const char *left, const struct opt *o, unsigned width)
{
	unsigned margin = width < NARROW ? NARROW_MARGIN : MARGIN;
	char text[2048] = "";
	FILE *mem = fmemopen(text, sizeof(text) - 1, "w");

	if (mem) {
		explain(mem, o);
		fclose(mem);
	}
	if (width < NARROW || strlen(left) + 2 > MARGIN)
		fprintf(out, "%s\n%*s", left, (int)margin, "");
	else
		fprintf(out, "%-*s", MARGIN, left);
	opt_wrap(out, text, margin, width);
}

void opt_left_column(const struct opt *o, char ret[OPT_LEFT_SIZE])
{
	char letter[5] = "    ";

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	if (o->flags & OPT_ARG)
		snprintf(ret, OPT_LEFT_SIZE, "  <%s>", o->value);
	else
		snprintf(ret, OPT_LEFT_SIZE, "  %s--%s%s%s%s", letter, o->name,
			 o->value ? " <" : "", o->value ? o->value : "", o->value ? ">" : "");
}

static void print_opt(FILE *out, const struct opt *o, unsigned width)
{
	char left[OPT_LEFT_SIZE];

	opt_left_column(o, left);
	print_row(out, left, o, width);
}

static bool has_args(const struct opt_program *program, const struct opt_command *command)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, command, &ref))
		if (ref.opt->flags & OPT_ARG)
			return true;
	return false;
}

static bool has_options(const struct opt_group *group)
{
	for (const struct opt *o = group->opts; o->name; o++)
		if (!(o->flags & (OPT_ARG | OPT_HIDDEN)))
			return true;
	return false;
}

static void print_group(FILE *out, const struct opt_group *group, unsigned width)
{
	if (!has_options(group))
		return;
	fprintf(out, "\n%s:\n", group->title);
	for (const struct opt *o = group->opts; o->name; o++)
		if (!(o->flags & (OPT_ARG | OPT_HIDDEN)))
			print_opt(out, o, width);
}

static void print_statuses(FILE *out, unsigned width)
{
	static const struct {
		int status;
		const char *meaning;
	} rows[] = { { 0, "success" },
#define ROW(name, exit_status, meaning) { exit_status, meaning },
		     EF_ERR_LIST(ROW)
#undef ROW
	};

	fputs("\nExit status:\n", out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fprintf(out, "  %3d  ", rows[i].status);
		opt_wrap(out, rows[i].meaning, 7, width);
	}
}

static void help_program(FILE *out, const struct opt_program *program, unsigned width)
{
	fprintf(out, "%s: %s\n\nUsage: ", program->name, program->summary);
	opt_usage(out, program, NULL);
	fputs("\n\nCommands:\n", out);
	for (const struct opt_command *c = program->commands; c->name; c++) {
		if (c->is_hidden)
			continue;
		fprintf(out, "  %-18s", c->name);
		opt_wrap(out, c->summary, 20, width);
	}
	print_group(out, program->globals, width);
	fputc('\n', out);
	opt_wrap(out, program->details, 0, width);
	print_statuses(out, width);
	fprintf(out, "\n'%s help COMMAND' explains a command.\n", program->name);
}

void opt_help(FILE *out, const struct opt_program *program, const struct opt_command *command,
	      unsigned width)
{
	struct opt_ref ref = { 0 };

	if (width > 100)
		width = 100;
	if (!command) {
		help_program(out, program, width);
		return;
	}
	opt_wrap(out, command->summary, 0, width);
	fputs("\nUsage: ", out);
	opt_usage(out, program, command);
	fputc('\n', out);
	if (command->details) {
		fputc('\n', out);
		opt_wrap(out, command->details, 0, width);
	}
	if (has_args(program, command))
		fputs("\nArguments:\n", out);
	while (opt_next(program, command, &ref))
		if (ref.opt->flags & OPT_ARG)
			print_opt(out, ref.opt, width);
	for (size_t i = 0; i < OPT_USES_MAX && command->uses[i].group; i++)
		print_group(out, command->uses[i].group, width);
	print_group(out, program->globals, width);
	if (command->examples[0])
		fputs("\nExamples:\n", out);
	for (size_t i = 0; i < OPT_EXAMPLES_MAX && command->examples[i]; i++)
		fprintf(out, "  %s %s\n", program->name, command->examples[i]);
}
