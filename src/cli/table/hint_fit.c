/* SPDX-License-Identifier: MIT */
/*
 * Knows which hints a command may give: a hint never names an option that the running
 * command lacks, unless it names the command that has it, too; and doctor's never name doctor.
 */
#include "cli/table/hint_words.h"

#include <string.h>

#include "base/util.h"

static bool has_option(const struct opt_program *program, const struct opt_command *command,
		       const char *name)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, command, &ref))
		if (!(ref.opt->flags & OPT_ARG) && strcmp(ref.opt->name, name) == 0)
			return true;
	return false;
}

/*
 * Return whether one of our commands has the option. Others are the linker's, docker's and so on.
 */
static bool is_ours(const struct opt_program *program, const char *name)
{
	for (const struct opt_command *c = program->commands; c->name; c++)
		if (has_option(program, c, name))
			return true;
	return false;
}

static size_t word_len(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

/* Return the command that the text names before at, in the same quotes or clause; else command. */
static const struct opt_command *context(const struct opt_program *program,
					 const struct opt_command *command, const char *text,
					 const char *at)
{
	const char *name = NULL;
	char word[32];

	for (const char *p = text; (p = strstr(p, program->name)) && p < at; p++)
		name = p + strlen(program->name);
	if (!name || *name != ' ' || memchr(name, '\'', (size_t)(at - name)) ||
	    memchr(name, ';', (size_t)(at - name)))
		return command;
	(void)ef_snprintf(word, sizeof(word), "%.*s", (int)word_len(name + 1), name + 1);
	return opt_command_find(program, word) ? opt_command_find(program, word) : command;
}

/* doctor has examined the board already, so the hints after doctor must not recommend doctor. */
static bool leads_in_a_circle(const struct opt_command *command, const char *text)
{
	return strcmp(command->name, "doctor") == 0 && strstr(text, " doctor");
}

bool hint_fits(const struct opt_program *program, const struct opt_command *command,
	       const char *text)
{
	char name[48];

	if (leads_in_a_circle(command, text))
		return false;
	for (const char *at = text; (at = strstr(at, "--")); at += 2) {
		size_t len = word_len(at + 2);

		if (len == 0 || (at > text && word_len(at - 1) > 0) ||
		    !ef_snprintf(name, sizeof(name), "%.*s", (int)len, at + 2))
			continue;
		if (is_ours(program, name) &&
		    !has_option(program, context(program, command, text, at), name))
			return false;
	}
	return true;
}

void hint_words_for(const struct ef_hint *hint, const struct opt_program *program,
		    const struct opt_command *command, char ret[HINT_WORDS_SIZE])
{
	hint_words(hint, program->name, ret);
	if (!command || hint_fits(program, command, ret))
		return;
	hint_words_without(hint, program->name, ret);
	if (!hint_fits(program, command, ret))
		ret[0] = '\0';
}
