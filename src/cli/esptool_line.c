/* SPDX-License-Identifier: MIT */
/*
 * Translates esptool's command lines by the table in esptool_words.c. The parser
 * of our own grammar comes first; this file only sees lines that it refused.
 */
#include "cli/esptool_line.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cli/table/esptool_words.h"

#define GIVEN_MAX 32

/* An option of the line. */
struct given {
	const struct esptool_option *opt; /* NULL: esptool has no such option either */
	const char *word;                 /* as it was typed */
	const char *value;                /* NULL: none */
	const struct opt *same;           /* an option of ours among esptool's words; NULL */
	bool is_global;
};

struct reader {
	const struct opt_program *program;
	int argc, at;
	char *const *argv;
	const struct esptool_command *command;
	struct given given[GIVEN_MAX];
	size_t given_count;
	const char *arg[ESPTOOL_WORDS_MAX]; /* positional */
	int arg_count;
	char target[32]; /* our command */
	bool has_prefix; /* the line names esptool itself */
	bool is_shared;  /* we have a command of this name, too */
	bool is_wrong;   /* there is an option that may rather be a slip in a line of ours */
	struct esptool_line *line;
};

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

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *back = strrchr(path, '\\');
	const char *last = back && (!slash || back > slash) ? back : slash;

	return last ? last + 1 : path;
}

static bool is_esptool(const char *word)
{
	static const char *const names[] = { "esptool", "esptool.py", "esptool.exe" };

	for (size_t i = 0; i < EF_ARRAY_LEN(names); i++)
		if (strcmp(base_name(word), names[i]) == 0)
			return true;
	return false;
}

/* "python", "python3.12", "py" */
static bool is_python(const char *word)
{
	const char *name = base_name(word);
	size_t len = strncmp(name, "python", 6) == 0 ? 6 : strncmp(name, "py", 2) == 0 ? 2 : 0;

	return len > 0 && (strspn(name + len, "0123456789.") == strlen(name + len) ||
			   strcmp(name + len, ".exe") == 0);
}

static void skip_prefix(struct reader *r)
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

static const char *take_value(struct reader *r, enum esptool_value kind)
{
	const char *next = r->at < r->argc ? r->argv[r->at] : "-x";

	if (kind == ESPTOOL_NONE ||
	    (kind == ESPTOOL_YES_NO && strcmp(next, "yes") != 0 && strcmp(next, "no") != 0))
		return NULL;
	if (kind != ESPTOOL_MANY) {
		r->at += r->at < r->argc;
		return next;
	}
	while (r->at < r->argc && !is_option(r->argv[r->at]))
		r->at++;
	return NULL;
}

static const struct opt *find_ours(const struct reader *r, const char *command, const char *name)
{
	const struct opt_command *c = opt_command_find(r->program, command);
	struct opt_ref ref = { 0 };

	while (opt_next(r->program, c, &ref))
		if (strcmp(ref.opt->name, name) == 0)
			return ref.opt;
	return NULL;
}

/* Our option of this name in our command. */
static const struct opt *find_same(const struct reader *r, const char *name)
{
	const char *target = r->command->ours ? r->command->ours : "";
	char text[64];

	if (!ef_snprintf(text, sizeof(text), "%.*s", (int)strcspn(name, "="), name))
		return NULL;
	return find_ours(r, target, text);
}

static void read_option(struct reader *r, const char *word)
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
			g.value = take_value(r, ESPTOOL_AS_IS);
	}
	r->is_wrong = r->is_wrong || (!g.opt && (is_global || r->is_shared));
	if (g.opt && !g.value)
		g.value = take_value(r, g.opt->value);
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

static bool read_word(struct reader *r, const char *word)
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

/* false: the line isn't esptool's, or is as well one of ours. */
static bool read_words(struct reader *r)
{
	while (r->at < r->argc)
		if (!read_word(r, r->argv[r->at++]))
			return false;
	return r->has_prefix || (r->command && !r->is_shared && !r->is_wrong);
}

/* ---- writing ---- */

static void put(struct esptool_line *l, const char *prefix, const char *text)
{
	size_t room = sizeof(l->text) - l->used;
	int argc = l->argc;

	if (argc == ESPTOOL_WORDS_MAX ||
	    !ef_snprintf(l->text + l->used, room, "%s%s", prefix, text))
		return;
	l->argv[l->argc++] = l->text + l->used;
	l->used += strlen(l->text + l->used) + 1;
}

static void lack(struct esptool_line *l, const char *what, const char *value)
{
	size_t len = strlen(l->missing);

	(void)ef_snprintf(l->missing + len, sizeof(l->missing) - len, "%s'%.80s%s%.80s'",
			  len ? ", " : "", what, *value ? " " : "", value);
}

/* Lower case, and dashes for underscores. */
static void plain(const char *text, char *ret, size_t cap)
{
	size_t i = 0;

	for (; text[i] && i + 1 < cap; i++)
		ret[i] = (char)(text[i] == '_'                     ? '-'
				: text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a'
								   : text[i]);
	ret[i] = '\0';
}

static bool has_choice(const struct opt *o, const char *text)
{
	const char *name;

	for (size_t i = 0; (name = opt_choice_name(o, i)); i++)
		if (strcmp(name, text) == 0)
			return true;
	return false;
}

/* What the value is called here. "": leave the option out; NULL: there is no counterpart. */
static const char *our_value(const struct opt *ours, const struct given *g, char *ret, size_t cap)
{
	uint32_t number;

	plain(g->value, ret, cap);
	switch (g->opt->value) {
	case ESPTOOL_NONE:
	case ESPTOOL_AS_IS:
	case ESPTOOL_YES_NO:
	case ESPTOOL_MANY:
		(void)ef_strlcpy(ret, cap, g->value);
		return ret;
	case ESPTOOL_AFTER:
		if (strcmp(ret, "no-reset-stub") == 0)
			(void)ef_strlcpy(ret, cap, "no-reset-no-stub");
		break;
	case ESPTOOL_CHIP:
		if (strcmp(ret, "auto") == 0)
			return "";
		return ef_chip_by_name(ret) ? ret : NULL;
	case ESPTOOL_MHZ:
		if (ret[0] && ret[strlen(ret) - 1] == 'm')
			(void)ef_strlcpy(ret + strlen(ret), cap - strlen(ret), "hz");
		break;
	case ESPTOOL_REV:
		if (!ef_parse_u32(g->value, 65535, &number) ||
		    !ef_snprintf(ret, cap, "%" PRIu32 ".%" PRIu32, number / 100, number % 100))
			return NULL;
		return ret;
	case ESPTOOL_FILTER:
		return strncmp(ret, "serial=", 7) == 0 ? g->value : NULL;
	case ESPTOOL_TRIES:
		return ef_parse_u32(ret, 10000, &number) && number ? ret : NULL;
	case ESPTOOL_WORD:
	case ESPTOOL_SIZE:
		break;
	}
	if (strcmp(ret, "detect") == 0 && !has_choice(ours, ret))
		return "";
	return has_choice(ours, ret) ? ret : NULL;
}

static void write_option(struct reader *r, const struct given *g)
{
	const char *command = r->target, *name, *value;
	const struct opt *ours;
	char text[512], option[64];

	if (g->same) {
		(void)ef_snprintf(option, sizeof(option), "--%s", g->same->name);
		put(r->line, "", option);
		if (g->value)
			put(r->line, "", g->value);
		return;
	}
	if (!g->opt || !g->opt->ours) {
		lack(r->line, g->word, g->value && !strchr(g->word, '=') ? g->value : "");
		return;
	}
	name = g->opt->ours;
	if (*name == '\0' || (g->value && strcmp(g->value, "keep") == 0))
		return;
	if (strchr(name, ' ')) { /* a flag there, a value here */
		put(r->line, "--", "progress");
		put(r->line, "", strchr(name, ' ') + 1);
		return;
	}
	/* the file's name stands last here */
	if (strcmp(name, "output") == 0)
		return;
	ours = find_ours(r, command, name);
	if (!ours) {
		/* a command that opens no port needs no option for it */
		if (!g->is_global || find_ours(r, command, "port"))
			lack(r->line, g->word, g->value ? g->value : "");
		return;
	}
	(void)ef_snprintf(option, sizeof(option), "--%s", name);
	if (!g->value) {
		put(r->line, "", option);
		return;
	}
	value = our_value(ours, g, text, sizeof(text));
	if (!value) {
		lack(r->line, g->word, strchr(g->word, '=') ? "" : g->value);
		return;
	}
	r->line->has_keep = r->line->has_keep || (!*value && strcmp(g->value, "detect") == 0);
	if (!*value)
		return;
	put(r->line, "", option);
	put(r->line, "", value);
}

/* "4k" is "4K" here, and "all" is "ALL". */
static void write_size(struct reader *r, const char *text)
{
	char upper[64];
	size_t i = 0;

	if (strncmp(text, "0x", 2) == 0 || strlen(text) >= sizeof(upper)) {
		put(r->line, "", text);
		return;
	}
	for (; text[i]; i++)
		upper[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
	upper[i] = '\0';
	put(r->line, "", upper);
}

static bool is_given(const struct reader *r, const char *ours)
{
	for (size_t i = 0; i < r->given_count; i++)
		if (r->given[i].opt && r->given[i].opt->ours &&
		    strcmp(r->given[i].opt->ours, ours) == 0)
			return true;
	return false;
}

static const char *output_of(const struct reader *r)
{
	for (size_t i = 0; i < r->given_count; i++)
		if (r->given[i].opt && r->given[i].opt->ours && r->given[i].value &&
		    strcmp(r->given[i].opt->ours, "output") == 0)
			return r->given[i].value;
	return NULL;
}

/* esptool names the image after the ELF. */
static void write_output(struct reader *r)
{
	const char *output = output_of(r), *elf = r->arg_count ? r->arg[0] : NULL;
	char name[512];
	size_t len;

	if (output || !elf) {
		if (output)
			put(r->line, "", output);
		return;
	}
	len = strlen(elf);
	if (len > 4 && strcmp(elf + len - 4, ".elf") == 0)
		len -= 4;
	if (ef_snprintf(name, sizeof(name), "%.*s.bin", (int)len, elf))
		put(r->line, "", name);
}

static void put_words(struct reader *r, const char *text)
{
	char word[64];

	while (*text) {
		size_t len = strcspn(text, " ");

		(void)ef_snprintf(word, sizeof(word), "%.*s", (int)len, text);
		put(r->line, "", word);
		text += len + (text[len] == ' ');
	}
}

static void write_args(struct reader *r)
{
	const struct esptool_command *c = r->command;

	if (!c)
		return;
	if (c->near && c->ours) {
		if (!is_given(r, "chip"))
			put_words(r, "--chip CHIP");
		put_words(r, c->near);
		put(r->line, "", output_of(r) ? output_of(r) : "merged.bin");
		return;
	}
	for (int i = 0; i < r->arg_count && c->ours; i++)
		if (i + 1 == c->size_at)
			write_size(r, r->arg[i]);
		else
			put(r->line, "", r->arg[i]);
	if (c->ours && strcmp(c->ours, "save-image") == 0)
		write_output(r);
}

/* As a shell takes it: words with other characters than these are quoted. */
static void show(const struct opt_program *program, struct esptool_line *l)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "-_./:=,+@%";
	size_t len;

	(void)ef_strlcpy(l->shown, sizeof(l->shown), program->name);
	for (int i = 0; i < l->argc; i++) {
		const char *quote = strspn(l->argv[i], safe) == strlen(l->argv[i]) && *l->argv[i]
					    ? ""
					    : "'";

		len = strlen(l->shown);
		(void)ef_snprintf(l->shown + len, sizeof(l->shown) - len, " %s%s%s", quote,
				  l->argv[i], quote);
	}
}

bool esptool_line_read(const struct opt_program *program, int argc, char *const *argv,
		       struct esptool_line *ret)
{
	struct reader r = { .program = program, .argc = argc, .argv = argv, .line = ret };
	const struct esptool_command *c;

	*ret = (struct esptool_line){ .argc = 0 };
	skip_prefix(&r);
	if (!read_words(&r))
		return false;
	c = r.command;
	if (c) {
		const char *first = c->ours ? c->ours : c->near;

		(void)ef_snprintf(r.target, sizeof(r.target), "%.*s", (int)strcspn(first, " "),
				  first);
		put_words(&r, first);
		if (!c->ours || c->why)
			lack(ret, c->name, "");
		ret->why = c->why;
		ret->is_near = c->near;
	}
	for (size_t i = 0; i < r.given_count; i++)
		write_option(&r, &r.given[i]);
	write_args(&r);
	show(program, ret);
	return true;
}

bool esptool_line_fail(const struct esptool_line *l, struct ef_err *err)
{
	const char *what = l->is_near ? "what comes nearest" : "the line without that";

	ef_fail(err, EF_E_USAGE, "esptool's command line has what this program lacks: %s%s%s%s",
		l->missing, l->why ? " (" : "", l->why ? l->why : "", l->why ? ")" : "");
	if (strlen(l->shown) <= ESPTOOL_HINT_MAX)
		return ef_hint_own(err, "%s is: %s", what, l->shown);
	return ef_hint_own(err, "%s is the line printed above", what);
}
