/* SPDX-License-Identifier: MIT */
/* Writes a line of esptool's, read by esptool_line.c, as one of ours. */
#include "cli/esptool_priv.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"

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
	int ignored;

	return opt_choice_value(o, text, &ignored);
}

/* Return the name of the value here. "": leave the option out; NULL: there is no counterpart. */
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
	/* an option of ours without this word does the same by default */
	if ((strcmp(ret, "detect") == 0 || strcmp(ret, "keep") == 0) && !has_choice(ours, ret))
		return "";
	return has_choice(ours, ret) ? ret : NULL;
}

static void write_option(struct esptool_reader *r, const struct given *g)
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
	if (strchr(name, ' ')) { /* esptool has a flag where we have a value */
		put(r->line, "--", "progress");
		put(r->line, "", strchr(name, ' ') + 1);
		return;
	}
	/* our command takes the file's name as its last argument */
	if (strcmp(name, "output") == 0)
		return;
	ours = esptool_find_ours(r, command, name);
	if (!ours) {
		/* a command that opens no port needs no option for it */
		if (!g->is_global || esptool_find_ours(r, command, "port"))
			lack(r->line, g->word, g->value ? g->value : "");
		return;
	}
	(void)ef_snprintf(option, sizeof(option), "--%s", name);
	if (!g->value) {
		put(r->line, "", option);
		for (int i = 0; i < g->many; i++)
			put(r->line, "", r->argv[g->many_at + i]);
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
static void write_size(struct esptool_reader *r, const char *text)
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

static const char *output_of(const struct esptool_reader *r)
{
	for (size_t i = 0; i < r->given_count; i++)
		if (r->given[i].opt && r->given[i].opt->ours && r->given[i].value &&
		    strcmp(r->given[i].opt->ours, "output") == 0)
			return r->given[i].value;
	return NULL;
}

/* esptool names the image after the ELF. */
static void write_output(struct esptool_reader *r)
{
	const char *output = output_of(r), *elf = r->arg_count ? r->arg[0] : NULL;
	char name[512];
	size_t len;

	if (output || !elf || !r->command->names_output) {
		if (output)
			put(r->line, "", output);
		return;
	}
	len = strlen(elf);
	if (len > 4 && ef_ends_with(elf, ".elf"))
		len -= 4;
	if (ef_snprintf(name, sizeof(name), "%.*s.bin", (int)len, elf))
		put(r->line, "", name);
}

static void put_words(struct esptool_reader *r, const char *text)
{
	char word[64];

	while (*text) {
		size_t len = strcspn(text, " ");

		(void)ef_snprintf(word, sizeof(word), "%.*s", (int)len, text);
		put(r->line, "", word);
		text += len + (text[len] == ' ');
	}
}

static void write_args(struct esptool_reader *r)
{
	const struct esptool_command *c = r->command;

	if (!c)
		return;
	for (int i = 0; i < r->arg_count && c->ours; i++)
		if (i + 1 == c->size_at)
			write_size(r, r->arg[i]);
		else
			put(r->line, "", r->arg[i]);
	if (c->ours && strcmp(c->ours, "save-image") == 0)
		write_output(r);
}

/* A shell needs quotes around words with other characters than these. */
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

void esptool_write(struct esptool_reader *r)
{
	const struct esptool_command *c = r->command;

	if (c) {
		const char *first = c->ours ? c->ours : c->near;

		(void)ef_snprintf(r->target, sizeof(r->target), "%.*s", (int)strcspn(first, " "),
				  first);
		put_words(r, first);
		if (!c->ours)
			lack(r->line, c->name, "");
		r->line->is_near = c->near;
	}
	for (size_t i = 0; i < r->given_count; i++)
		write_option(r, &r->given[i]);
	write_args(r);
	show(r->program, r->line);
}
