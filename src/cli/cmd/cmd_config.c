/* SPDX-License-Identifier: MIT */
/* config: prints every effective value in the option's own syntax, and where it came from. */
#include "cli/cmd/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "cli/config/run_config.h"
#include "cli/ui/ui.h"
#include "base/util.h"

/* Where a value came from. */
struct source {
	enum opt_from from;
	const struct opt *opt;
	const struct config_value *config; /* NULL unless it came from a file */
};

static bool choice_text(const struct opt *o, int value, char *ret, size_t cap)
{
	for (const struct opt_choice *c = o->choices; c->name; c++)
		if (c->value == value)
			return ef_strlcpy(ret, cap, c->name);
	return false;
}

static bool number_text(const struct opt *o, const struct opt_u32 *v, char *ret, size_t cap)
{
	if (!v->is_set)
		return false;
	if (o->kind == OPT_KIND_REV)
		return ef_snprintf(ret, cap, "%" PRIu32 ".%" PRIu32, v->value / 100,
				   v->value % 100);
	if (opt_default_word(o) && v->value < o->range.min)
		return ef_strlcpy(ret, cap, opt_default_word(o));
	/* Print addresses in hexadecimal and rates in decimal. */
	return ef_snprintf(ret, cap, o->range.min >= 0x1000 ? "0x%" PRIx32 : "%" PRIu32, v->value);
}

/* false: the option has no value. */
static bool value_text(const struct opt *o, const void *value, char *ret, size_t cap)
{
	switch (o->kind) {
	case OPT_KIND_FLAG:
		return ef_strlcpy(ret, cap, *(const bool *)value ? "true" : "false");
	case OPT_KIND_STRING:
		return *(const char *const *)value &&
		       ef_strlcpy(ret, cap, *(const char *const *)value);
	case OPT_KIND_U32:
	case OPT_KIND_REV:
		return number_text(o, value, ret, cap) || (o->def && ef_strlcpy(ret, cap, o->def));
	case OPT_KIND_CHOICE:
		return choice_text(o, *(const int *)value, ret, cap);
	case OPT_KIND_CHIP:
		return *(const struct ef_chip *const *)value &&
		       ef_strlcpy(ret, cap, (*(const struct ef_chip *const *)value)->name);
	case OPT_KIND_COUNT:
	case OPT_KIND_LIST:
		break;
	}
	return false;
}

static struct source source_of(const struct cli *cli, const struct opt_ref *ref)
{
	struct source s = { (enum opt_from)cli->parsed->from[ref->index], ref->opt, NULL };

	if (s.from == OPT_FROM_CONFIG)
		s.config = config_find(cli->config, ref->opt->config);
	/* The default of a flag is off. */
	if (s.from == OPT_FROM_NOWHERE && ref->opt->kind == OPT_KIND_FLAG)
		s.from = OPT_FROM_DEFAULT;
	return s;
}

static bool is_shown(const struct opt_ref *ref)
{
	return !ref->is_global && !(ref->opt->flags & OPT_HIDDEN) &&
	       strcmp(ref->opt->name, "json") != 0;
}

/* ---- text ---- */

static void print_source(FILE *out, const struct source *s)
{
	switch (s->from) {
	case OPT_FROM_ARGS:
		fprintf(out, "  (command line)");
		break;
	case OPT_FROM_ENV:
		fprintf(out, "  (variable %s)", s->opt->env);
		break;
	case OPT_FROM_CONFIG:
		if (!s->config)
			break; /* can't happen: a value from a file is found there */
		fprintf(out, "  ('%s', line %zu: %s)", s->config->file->path, s->config->line,
			s->config->key);
		break;
	case OPT_FROM_DEFAULT:
		fprintf(out, "  (default)");
		break;
	case OPT_FROM_NOWHERE:
		break;
	}
	fputc('\n', out);
}

static void print_values(struct cli *cli, const unsigned char *args)
{
	const struct opt_group *group = NULL;
	struct opt_ref ref = { 0 };
	char text[CONFIG_PATH_SIZE];

	while (opt_next(cli->program, cli->parsed->command, &ref)) {
		const struct source s = source_of(cli, &ref);

		if (!is_shown(&ref))
			continue;
		if (ref.group != group)
			fprintf(cli->out, "\n%s:\n", ref.group->title);
		group = ref.group;
		if (!value_text(ref.opt, args + ref.base + ref.opt->offset, text, sizeof(text)))
			(void)ef_strlcpy(text, sizeof(text), "-");
		ef_clean_text(text);
		fprintf(cli->out, "  %-22s  %s", ref.opt->name, text);
		print_source(cli->out, &s);
	}
}

static void print_text(struct cli *cli, const struct config *c, const unsigned char *args)
{
	fprintf(cli->out, "Files:\n");
	for (size_t i = 0; i < CONFIG_FILES; i++)
		if (c->file[i].path[0])
			fprintf(cli->out, "  %s  (%s%s%s)\n", c->file[i].path,
				c->file[i].is_global ? "the user's own" : "local",
				c->file[i].trust      ? ", not used: "
				: c->file[i].is_there ? ""
						      : ", not there",
				ef_trust_words(c->file[i].trust));
	print_values(cli, args);
	if (c->usb_count)
		fprintf(cli->out, "\nUSB devices that are boards, besides the known ones:\n");
	for (size_t i = 0; i < c->usb_count; i++)
		fprintf(cli->out, "  %04x:%04x  ('%s', line %zu)\n", c->usb[i].vid, c->usb[i].pid,
			c->usb[i].file->path, c->usb[i].line);
}

/* ---- JSON ---- */

static void json_files(struct json_out *j, const struct config *c)
{
	json_begin_array(j, "files");
	for (size_t i = 0; i < CONFIG_FILES; i++) {
		if (!c->file[i].path[0])
			continue;
		json_begin_object(j, NULL);
		json_text(j, "path", c->file[i].path);
		json_text(j, "kind", c->file[i].is_ports ? "ports" : "project");
		json_text(j, "scope", c->file[i].is_global ? "global" : "local");
		json_bool(j, "exists", c->file[i].is_there || c->file[i].trust != EF_TRUST_OK);
		json_text(j, "not_used",
			  c->file[i].trust ? ef_trust_words(c->file[i].trust) : NULL);
		json_end(j);
	}
	json_end(j);
}

static void json_value(struct json_out *j, const struct source *s, const char *text)
{
	static const char *const names[] = {
		[OPT_FROM_NOWHERE] = NULL,        [OPT_FROM_DEFAULT] = "default",
		[OPT_FROM_CONFIG] = "config",     [OPT_FROM_ENV] = "environment",
		[OPT_FROM_ARGS] = "command-line",
	};

	json_begin_object(j, NULL);
	json_text(j, "option", s->opt->name);
	json_text(j, "value", text);
	json_text(j, "source", names[s->from]);
	json_text(j, "environment", s->opt->env);
	json_text(j, "key", s->opt->config);
	json_text(j, "file", s->config ? s->config->file->path : NULL);
	if (s->config)
		json_number(j, "line", s->config->line);
	else
		json_null(j, "line");
	json_end(j);
}

static bool print_json(struct cli *cli, const struct config *c, const unsigned char *args,
		       struct ef_err *err)
{
	struct json_out *j = json_new(cli->command);
	struct opt_ref ref = { 0 };
	char text[CONFIG_PATH_SIZE];

	json_files(j, c);
	json_begin_array(j, "values");
	while (opt_next(cli->program, cli->parsed->command, &ref)) {
		const struct source s = source_of(cli, &ref);
		const void *value = args + ref.base + ref.opt->offset;

		if (is_shown(&ref))
			json_value(j, &s,
				   value_text(ref.opt, value, text, sizeof(text)) ? text : NULL);
	}
	json_end(j);
	json_begin_array(j, "usb_devices");
	for (size_t i = 0; i < c->usb_count; i++) {
		json_begin_object(j, NULL);
		json_number(j, "vid", c->usb[i].vid);
		json_number(j, "pid", c->usb[i].pid);
		json_text(j, "file", c->usb[i].file->path);
		json_number(j, "line", c->usb[i].line);
		json_end(j);
	}
	json_end(j);
	return ui_result(cli, j, err);
}

bool cmd_config(struct cli *cli, const void *args, struct ef_err *err)
{
	const struct config *c = NULL;

	if (!cli_config(cli, &c, err))
		return false;
	if (cli->is_json)
		return print_json(cli, c, args, err);
	print_text(cli, c, args);
	return true;
}
