/* SPDX-License-Identifier: MIT */
/*
 * Reads esptool's command lines by the table in esptool_words.c; esptool_write.c makes
 * ours of them. The parser of our own grammar comes first; this file only sees lines that
 * it refused.
 */
#include "cli/esptool_priv.h"

#include <string.h>

#include "base/util.h"

const struct opt *esptool_find_ours(const struct esptool_reader *r, const char *command,
				    const char *name)
{
	const struct opt_command *c = opt_command_find(r->program, command);
	struct opt_ref ref = { 0 };

	while (opt_next(r->program, c, &ref))
		if (strcmp(ref.opt->name, name) == 0)
			return ref.opt;
	return NULL;
}

/* ---- words ---- */

/* esptool 4 writes underscores where esptool 5 writes dashes. */
static bool is_same(const char *typed, size_t len, const char *name)
{
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((typed[i] == '_' ? '-' : typed[i]) != name[i])
			return false;
	return true;
}

/* The command line may come from Windows. */
static const char *program_name(const char *path)
{
	const char *name = ef_base_name(path), *back = strrchr(name, '\\');

	return back ? back + 1 : name;
}

static bool is_esptool(const char *word)
{
	static const char *const names[] = { "esptool", "esptool.py", "esptool.exe" };

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++)
		if (strcmp(program_name(word), names[i]) == 0)
			return true;
	return false;
}

/* "python", "python3.12", "py" */
static bool is_python(const char *word)
{
	const char *name = program_name(word);
	size_t len = strncmp(name, "python", 6) == 0 ? 6 : strncmp(name, "py", 2) == 0 ? 2 : 0;

	return len > 0 && (strspn(name + len, "0123456789.") == strlen(name + len) ||
			   strcmp(name + len, ".exe") == 0);
}

static void skip_prefix(struct esptool_reader *r)
{
	int at = 0;

	if (r->argc > 1 && is_python(r->argv[0]))
		at = r->argc > 2 && strcmp(r->argv[1], "-m") == 0 ? 2 : 1;
	if (at < r->argc && is_esptool(r->argv[at])) {
		r->has_prefix = true;
		r->at = at + 1;
	}
}

/* ---- reading ---- */

static const struct esptool_option *find_option(const struct esptool_option *options,
						const char *word, const char **ret_value)
{
	bool is_long = word[1] == '-';
	const char *name = word + (is_long ? 2 : 1);
	size_t len = strcspn(name, "=");

	*ret_value = name[len] == '=' ? name + len + 1 : NULL;
	for (const struct esptool_option *o = options; o && o->name; o++) {
		if (is_same(name, len, o->name) && (is_long || len > 1))
			return o;
		if (!is_long && o->letters && strlen(o->letters) == len &&
		    memcmp(o->letters, name, len) == 0)
			return o;
	}
	/* a value may be attached: -b460800 */
	for (const struct esptool_option *o = options; !is_long && o && o->name; o++)
		if (o->letters && !o->letters[1] && o->letters[0] == name[0] &&
		    o->value != ESPTOOL_NONE) {
			*ret_value = name + 1;
			return o;
		}
	return NULL;
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

static const char *take_value(struct esptool_reader *r, struct given *g, enum esptool_value kind)
{
	const char *next = r->at < r->argc ? r->argv[r->at] : "-x";

	if (kind == ESPTOOL_NONE ||
	    (kind == ESPTOOL_YES_NO && strcmp(next, "yes") != 0 && strcmp(next, "no") != 0))
		return NULL;
	if (kind != ESPTOOL_MANY) {
		r->at += r->at < r->argc;
		return next;
	}
	g->many_at = r->at;
	for (; r->at < r->argc && !is_option(r->argv[r->at]); r->at++)
		g->many++;
	return NULL;
}

/* Return our option of this name in our command. */
static const struct opt *find_same(const struct esptool_reader *r, const char *name)
{
	const char *target = r->command->ours ? r->command->ours : "";
	char text[64];

	if (!ef_snprintf(text, sizeof(text), "%.*s", (int)strcspn(name, "="), name))
		return NULL;
	return esptool_find_ours(r, target, text);
}

static void read_option(struct esptool_reader *r, const char *word)
{
	/* click takes --help everywhere */
	bool is_help = strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
	bool is_global = !r->command || is_help;
	const struct esptool_option *options = is_global ? esptool_globals : r->command->options;
	struct given g = { .word = word, .is_global = is_global };

	g.opt = find_option(options, word, &g.value);
	/* a command of esptool's with our options behind it */
	if (!g.opt && r->command && !r->is_shared && word[1] == '-') {
		g.opt = find_option(esptool_globals, word, &g.value);
		g.same = g.opt ? NULL : find_same(r, word + 2);
		if (g.same && opt_takes_value(g.same) && !g.value && !g.same->bare)
			g.value = take_value(r, &g, ESPTOOL_AS_IS);
	}
	r->is_wrong = r->is_wrong || (!g.opt && (is_global || r->is_shared));
	if (g.opt && !g.value)
		g.value = take_value(r, &g, g.opt->value);
	if (r->given_count < GIVEN_MAX)
		r->given[r->given_count++] = g;
}

static const struct esptool_command *find_command(const char *word)
{
	for (const struct esptool_command *c = esptool_commands; c->name; c++)
		if (is_same(word, strlen(word), c->name))
			return c;
	return NULL;
}

static bool read_word(struct esptool_reader *r, const char *word)
{
	if (is_option(word)) {
		read_option(r, word);
		return true;
	}
	if (r->command) {
		r->arg[r->arg_count++] = word;
		return r->arg_count < ESPTOOL_WORDS_MAX / 2;
	}
	r->command = find_command(word);
	r->is_shared = r->given_count == 0 && opt_command_find(r->program, word);
	return r->command;
}

/* False: the line isn't esptool's, or it is a valid line of ours as well. */
static bool read_words(struct esptool_reader *r)
{
	while (r->at < r->argc)
		if (!read_word(r, r->argv[r->at++]))
			return false;
	return r->has_prefix || (r->command && !r->is_shared && !r->is_wrong);
}

bool esptool_line_read(const struct opt_program *program, int argc, char *const *argv,
		       struct esptool_line *ret)
{
	struct esptool_reader r = { .program = program, .argc = argc, .argv = argv, .line = ret };

	*ret = (struct esptool_line){ .argc = 0 };
	skip_prefix(&r);
	if (!read_words(&r))
		return false;
	esptool_write(&r);
	return true;
}

bool esptool_line_fail(const struct esptool_line *l, struct ef_err *err)
{
	const char *what = l->is_near ? "what comes nearest" : "the line without that";

	ef_fail(err, EF_E_USAGE, "esptool's command line has what this program lacks: %s",
		l->missing);
	if (strlen(l->shown) <= ESPTOOL_HINT_MAX)
		return ef_hint_own(err, "%s is: %s", what, l->shown);
	return ef_hint_own(err, "%s is the line printed above", what);
}
