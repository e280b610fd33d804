/* SPDX-License-Identifier: MIT */
/*
 * Writes the table as completion scripts for bash, zsh and fish. The scripts ask
 * the program for ports ("espflash-c __complete port"); they contain everything
 * else.
 */
#include <string.h>

#include "cli/opt/opt_priv.h"

static void print_choices(FILE *out, const struct opt *o, const char *separator)
{
	const char *name;

	for (size_t i = 0; (name = opt_choice_name(o, i)); i++)
		fprintf(out, "%s%s", i ? separator : "", name);
}

static void print_commands(FILE *out, const struct opt_program *program, const char *separator)
{
	bool is_first = true;

	for (const struct opt_command *c = program->commands; c->name; c++) {
		if (c->is_hidden)
			continue;
		fprintf(out, "%s%s", is_first ? "" : separator, c->name);
		is_first = false;
	}
}

/* ---- bash ---- */

/* Print the bash assignment for the words that may follow an option or stand for an argument. */
static void bash_values(FILE *out, const struct opt_program *program, const struct opt *o)
{
	if (opt_choice_name(o, 0)) {
		fputs("words='", out);
		print_choices(out, o, " ");
		fputs("'", out);
	} else if (o->complete == OPT_COMPLETE_PORT) {
		fprintf(out, "words=$(%s __complete port 2>/dev/null)", program->name);
	} else if (o->complete == OPT_COMPLETE_COMMAND) {
		fputs("words='", out);
		print_commands(out, program, " ");
		fputs("'", out);
	} else if (o->complete == OPT_COMPLETE_FILE) {
		fputs("files=1", out);
	} else {
		fputs("words=''", out);
	}
}

/*
 * If a command has several arguments (ADDRESS FILE), complete the first one for
 * which words are known.
 */
static void bash_arguments(FILE *out, const struct opt_program *program,
			   const struct opt_command *c)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, c, &ref))
		if ((ref.opt->flags & OPT_ARG) &&
		    (ref.opt->complete || opt_choice_name(ref.opt, 0))) {
			bash_values(out, program, ref.opt);
			return;
		}
	fputs(":", out);
}

/* Print "--port|-p) words=... ;;" for each option with a value. c NULL: the global options. */
static void bash_options(FILE *out, const struct opt_program *program, const struct opt_command *c)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, c, &ref)) {
		const struct opt *o = ref.opt;

		if (!opt_is_shown(o) || !opt_takes_value(o))
			continue;
		fprintf(out, "\t\t--%s", o->name);
		if (o->letter)
			fprintf(out, "|-%c", o->letter);
		fputs(") ", out);
		bash_values(out, program, o);
		fputs(" ;;\n", out);
	}
}

static void bash_command(FILE *out, const struct opt_program *program, const struct opt_command *c)
{
	struct opt_ref ref = { 0 };

	fprintf(out, "\t%s)\n\t\tcase $prev in\n", c->name);
	bash_options(out, program, c);
	fputs("\t\t*)\n\t\t\tif [[ $cur == -* ]]; then\n\t\t\t\twords='", out);
	ref = (struct opt_ref){ 0 };
	while (opt_next(program, c, &ref))
		if (opt_is_shown(ref.opt))
			fprintf(out, "--%s ", ref.opt->name);
	fputs("'\n\t\t\telse\n\t\t\t\t", out);
	bash_arguments(out, program, c);
	fputs("\n\t\t\tfi ;;\n\t\tesac ;;\n", out);
}

static void bash_find_command(FILE *out, const struct opt_program *program)
{
	fputs("\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in\n\t\t", out);
	print_commands(out, program, "|");
	fputs(") cmd=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n", out);
}

void opt_complete_bash(FILE *out, const struct opt_program *program)
{
	fprintf(out, "# bash completion for %s\n\n_espflash_c()\n{\n", program->name);
	fputs("\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal cmd='' words='' files='' i\n\n"
	      "\t# bash parts --option=value into three words\n"
	      "\tif [[ $cur == = ]]; then\n\t\tcur=''\n"
	      "\telif [[ $prev == = ]]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n",
	      out);
	bash_find_command(out, program);
	fputs("\tcase $cmd in\n", out);
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			bash_command(out, program, c);
	fputs("\t*)\n\t\tcase $prev in\n", out);
	bash_options(out, program, NULL);
	fputs("\t\t*)\n\t\tif [[ $cur == -* ]]; then\n\t\t\twords='", out);
	for (const struct opt *o = program->globals->opts; o->name; o++)
		if (opt_is_shown(o))
			fprintf(out, "--%s ", o->name);
	fputs("'\n\t\telse\n\t\t\twords='", out);
	print_commands(out, program, " ");
	fputs("'\n\t\tfi ;;\n\t\tesac ;;\n\tesac\n"
	      "\tif [[ -n $files ]]; then\n\t\tcompopt -o filenames 2>/dev/null\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	      "\telse\n\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n\tfi\n"
	      "}\n",
	      out);
	fprintf(out, "complete -F _espflash_c %s\n", program->name);
}

/* ---- zsh ---- */

/* Print text for the [...] of an _arguments word, which is itself in single quotes. */
static void zsh_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *text))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

static void zsh_values(FILE *out, const struct opt *o)
{
	fprintf(out, ":%s:", o->value);
	if (opt_choice_name(o, 0)) {
		fputc('(', out);
		print_choices(out, o, " ");
		fputc(')', out);
	} else if (o->complete == OPT_COMPLETE_PORT) {
		fputs("_espflash_c_ports", out);
	} else if (o->complete == OPT_COMPLETE_COMMAND) {
		fputs("_espflash_c_commands", out);
	} else if (o->complete == OPT_COMPLETE_FILE) {
		fputs("_files", out);
	}
}

static void zsh_option(FILE *out, const struct opt *o)
{
	if (o->letter)
		fprintf(out, "\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->name, o->letter,
			o->value ? "+" : "", o->name, o->value ? "=" : "");
	else
		fprintf(out, "\t\t'--%s%s[", o->name, o->value ? "=" : "");
	zsh_text(out, o->help);
	fputc(']', out);
	if (o->value)
		zsh_values(out, o);
	fputs("' \\\n", out);
}

static void zsh_options(FILE *out, const struct opt_program *program, const struct opt_command *c)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, c, &ref)) {
		if (ref.opt->flags & OPT_ARG) {
			fprintf(out, "\t\t'%s", ref.opt->kind == OPT_KIND_LIST ? "*" : "");
			zsh_values(out, ref.opt);
			fputs("' \\\n", out);
		} else if (opt_is_shown(ref.opt)) {
			zsh_option(out, ref.opt);
		}
	}
}

void opt_complete_zsh(FILE *out, const struct opt_program *program)
{
	const char *name = program->name;

	fprintf(out, "#compdef %s\n\n_espflash_c_ports()\n{\n\tlocal -a ports\n", name);
	fprintf(out, "\tports=(${(f)\"$(%s __complete port 2>/dev/null)\"})\n", name);
	fputs("\tcompadd -a ports\n}\n\n_espflash_c_commands()\n{\n\tlocal -a commands\n"
	      "\tcommands=(\n",
	      out);
	for (const struct opt_command *c = program->commands; c->name; c++) {
		if (c->is_hidden)
			continue;
		fprintf(out, "\t\t'%s:", c->name);
		zsh_text(out, c->summary);
		fputs("'\n", out);
	}
	fputs("\t)\n\t_describe command commands\n}\n\n_espflash_c()\n{\n"
	      "\tlocal context state state_descr line\n\ttypeset -A opt_args\n\n"
	      "\t_arguments -C -s \\\n",
	      out);
	for (const struct opt *o = program->globals->opts; o->name; o++)
		if (opt_is_shown(o))
			zsh_option(out, o);
	fputs("\t\t'1: :_espflash_c_commands' \\\n\t\t'*:: :->rest' && return\n"
	      "\tcase $line[1] in\n",
	      out);
	for (const struct opt_command *c = program->commands; c->name; c++) {
		if (c->is_hidden)
			continue;
		fprintf(out, "\t%s)\n\t\t_arguments -s \\\n", c->name);
		zsh_options(out, program, c);
		fputs("\t\t&& return ;;\n", out);
	}
	fputs("\tesac\n}\n\n_espflash_c \"$@\"\n", out);
}

/* ---- fish ---- */

static void fish_text(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++)
		fprintf(out, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
	fputc('\'', out);
}

static void fish_values(FILE *out, const struct opt_program *program, const struct opt *o)
{
	if (opt_choice_name(o, 0)) {
		fputs(" -x -a '", out);
		print_choices(out, o, " ");
		fputc('\'', out);
	} else if (o->complete == OPT_COMPLETE_PORT) {
		fprintf(out, " -x -a '(%s __complete port 2>/dev/null)'", program->name);
	} else if (o->complete == OPT_COMPLETE_COMMAND) {
		fputs(" -x -a '", out);
		print_commands(out, program, " ");
		fputc('\'', out);
	} else if (o->complete == OPT_COMPLETE_FILE) {
		fputs(" -r -F", out);
	} else {
		fputs(" -x", out);
	}
}

static void fish_option(FILE *out, const struct opt_program *program, const char *condition,
			const struct opt *o)
{
	fprintf(out, "complete -c %s%s", program->name, condition);
	if (!(o->flags & OPT_ARG)) {
		fprintf(out, " -l %s", o->name);
		if (o->letter)
			fprintf(out, " -s %c", o->letter);
	}
	if (o->value)
		fish_values(out, program, o);
	fputs(" -d ", out);
	fish_text(out, o->help);
	fputc('\n', out);
}

void opt_complete_fish(FILE *out, const struct opt_program *program)
{
	char condition[128];

	fprintf(out, "# fish completion for %s\ncomplete -c %s -f\n", program->name, program->name);
	for (const struct opt *o = program->globals->opts; o->name; o++)
		if (opt_is_shown(o))
			fish_option(out, program, "", o);
	for (const struct opt_command *c = program->commands; c->name; c++) {
		if (c->is_hidden)
			continue;
		fprintf(out, "complete -c %s -n __fish_use_subcommand -a %s -d ", program->name,
			c->name);
		fish_text(out, c->summary);
		fputc('\n', out);
		snprintf(condition, sizeof(condition), " -n '__fish_seen_subcommand_from %s'",
			 c->name);
		for (size_t i = 0; i < OPT_USES_MAX && c->uses[i].group; i++)
			for (const struct opt *o = c->uses[i].group->opts; o->name; o++)
				if (opt_is_shown(o) || ((o->flags & OPT_ARG) &&
							(o->complete || opt_choice_name(o, 0))))
					fish_option(out, program, condition, o);
	}
}
