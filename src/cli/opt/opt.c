/* SPDX-License-Identifier: MIT */
/*
 * Parses the command line: long and short options, clusters, attached values, "--", positional
 * arguments, and options before the command's name.
 */
#include "cli/opt/opt_parser.h"
#include "cli/opt/opt_priv.h"

#include "base/util.h"

/* ---- errors ---- */

static bool is_same_name(const char *typed, const char *name)
{
	for (; *typed && *name; typed++, name++)
		if ((*typed == '_' ? '-' : *typed) != *name)
			return false;
	return *typed == *name;
}

static const char *foreign_name(const struct opt_program *program, const char *name)
{
	for (const struct opt_foreign *f = program->foreign; f && f->name; f++)
		if (is_same_name(name, f->name))
			return f->ours;
	return NULL;
}

bool opt_unknown_command(const struct opt_program *program, const char *name, struct ef_err *err)
{
	const char *ours = foreign_name(program, name);
	const char *near = NULL;
	unsigned distance = UINT32_MAX;

	for (const struct opt_command *c = program->commands; c->name; c++)
		if (!c->is_hidden)
			near = opt_nearest(name, near, c->name, &distance);
	ef_fail(err, EF_E_USAGE, "unknown command '%s'", name);
	if (ours)
		return ef_hint_own(err, "the equivalent is '%s %s'", program->name, ours);
	if (near)
		return ef_hint_own(err, "did you mean '%s %s'?", program->name, near);
	return ef_hint_own(err, "'%s help' lists the commands", program->name);
}

static bool unknown_option(const struct opt_parser *p, const char *name, struct ef_err *err)
{
	const char *near = NULL;
	unsigned distance = UINT32_MAX;
	struct opt_ref ref = { 0 };

	while (opt_next(p->program, p->command, &ref))
		if (!(ref.opt->flags & (OPT_ARG | OPT_HIDDEN)))
			near = opt_nearest(name, near, ref.opt->name, &distance);
	if (!p->command) {
		ef_fail(err, EF_E_USAGE, "unknown option '--%s'", name);
		return ef_hint_own(err, "options of a command follow its name; try '%s help'",
				   p->program->name);
	}
	ef_fail(err, EF_E_USAGE, "'%s' has no option '--%s'", p->command->name, name);
	if (near)
		return ef_hint_own(err, "did you mean '--%s'?", near);
	return ef_hint_own(err, "'%s %s --help' lists the options", p->program->name,
			   p->command->name);
}

static bool unknown_letter(const struct opt_parser *p, char letter, struct ef_err *err)
{
	if (!p->command) {
		ef_fail(err, EF_E_USAGE, "unknown option '-%c'", letter);
		return ef_hint_own(err, "options of a command follow its name; try '%s help'",
				   p->program->name);
	}
	ef_fail(err, EF_E_USAGE, "'%s' has no option '-%c'", p->command->name, letter);
	if (letter >= '0' && letter <= '9')
		return ef_hint_own(err, "negative numbers are not accepted: leave out the '-'");
	return ef_hint_own(err, "'%s %s --help' lists the options", p->program->name,
			   p->command->name);
}

/* ---- words ---- */

static bool find_letter(const struct opt_parser *p, char letter, struct opt_ref *ref)
{
	*ref = (struct opt_ref){ 0 };
	while (opt_next(p->program, p->command, ref))
		if (ref->opt->letter == letter && !(ref->opt->flags & OPT_ARG))
			return true;
	return false;
}

static bool is_value(const struct opt_parser *p)
{
	const char *word = p->at < p->argc ? p->argv[p->at] : "-x";

	return word[0] != '-' || word[1] == '\0';
}

/* The next word is the value of an option that has none attached. */
static bool take_value(struct opt_parser *p, const struct opt *opt, const char **ret,
		       struct ef_err *err)
{
	if (is_value(p)) {
		*ret = p->argv[p->at++];
		return true;
	}
	ef_fail(err, EF_E_USAGE, "option '--%s' needs a value <%s>", opt->name, opt->value);
	return ef_hint_own(err, "a value that begins with '-' is written '--%s=VALUE'", opt->name);
}

static bool parse_long(struct opt_parser *p, const char *word, struct ef_err *err)
{
	const struct opt_source src = { NULL, NULL };
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const char *text = name[len] == '=' ? name + len + 1 : NULL;
	struct opt_ref ref;
	char shown[64];

	if (!opt_find_long(p, name, len, &ref)) {
		(void)ef_snprintf(shown, sizeof(shown), "%.*s", (int)(len > 60 ? 60 : len), name);
		return unknown_option(p, shown, err);
	}
	if (!opt_takes_value(ref.opt)) {
		if (text) {
			ef_fail(err, EF_E_USAGE, "option '--%s' takes no value", ref.opt->name);
			return ef_hint_own(err, "leave '=%.40s' out", text);
		}
	} else if (!text && ref.opt->bare) {
		text = ref.opt->bare;
		p->bare = ref.opt;
		p->bare_next = p->at;
	} else if (!text && !take_value(p, ref.opt, &text, err)) {
		return false;
	}
	if (!opt_set(p, &ref, &src, text, err))
		return false;
	while (ref.opt->flags & OPT_EATS && is_value(p))
		if (!opt_set(p, &ref, &src, p->argv[p->at++], err))
			return false;
	return true;
}

/* "-v", "-vv", "-Mp/dev/ttyUSB0", "-p=..." (as espflash: the = is dropped). */
static bool parse_letters(struct opt_parser *p, const char *word, struct ef_err *err)
{
	const struct opt_source src = { NULL, NULL };
	struct opt_ref ref;

	for (const char *c = word + 1; *c; c++) {
		const char *text = NULL;

		if (!find_letter(p, *c, &ref))
			return unknown_letter(p, *c, err);
		if (opt_takes_value(ref.opt)) {
			text = c[1] == '=' ? c + 2 : c + 1;
			if (c[1] == '\0' && !take_value(p, ref.opt, &text, err))
				return false;
			return opt_set(p, &ref, &src, text, err);
		}
		if (!opt_set(p, &ref, &src, NULL, err))
			return false;
		if (p->is_stopped) {
			p->is_brief = true;
			return true;
		}
	}
	return true;
}

/*
 * "--wait 30": the value of --wait must be attached, so 30 is an argument of the
 * command. If the command takes no further argument, the user probably meant
 * "--wait=30".
 */
static bool is_bare_value(const struct opt_parser *p)
{
	uint32_t value;

	return p->bare && p->bare_next < p->argc &&
	       ef_parse_u32(p->argv[p->bare_next], p->bare->range.max, &value);
}

static bool separate_value(const struct opt_parser *p, struct ef_err *err)
{
	const char *value = p->argv[p->bare_next];

	ef_fail(err, EF_E_USAGE, "'--%s %.40s': the value of '--%s' is written with a '='",
		p->bare->name, value, p->bare->name);
	return ef_hint_own(err, "write '--%s=%.40s', or put '--%s' after '%.40s'", p->bare->name,
			   value, p->bare->name, value);
}

static bool parse_positional(struct opt_parser *p, const char *word, struct ef_err *err)
{
	const struct opt_source src = { NULL, NULL };
	struct opt_ref ref = { 0 };
	size_t n = 0;

	while (opt_next(p->program, p->command, &ref)) {
		if (!(ref.opt->flags & OPT_ARG))
			continue;
		if (n++ < p->positional)
			continue;
		if (ref.opt->kind != OPT_KIND_LIST)
			p->positional++;
		else if (is_bare_value(p) && p->at == p->bare_next + 1)
			return separate_value(p, err);
		return opt_set(p, &ref, &src, word, err);
	}
	if (is_bare_value(p))
		return separate_value(p, err);
	ef_fail(err, EF_E_USAGE, "'%s' takes no further argument '%s'", p->command->name, word);
	return ef_hint_own(err, "'%s %s --help' shows the arguments", p->program->name,
			   p->command->name);
}

/* ---- the whole document ---- */

/* The global options come last in a walk, so their first index depends on the command. */
static size_t first_global(const struct opt_parser *p)
{
	struct opt_ref ref = { 0 };

	while (opt_next(p->program, p->command, &ref))
		if (ref.is_global)
			return ref.index;
	return ref.index;
}

static bool start_command(struct opt_parser *p, const char *name, struct ef_err *err)
{
	const struct opt_command *command = opt_command_find(p->program, name);
	struct opt_ref ref = { 0 };
	size_t shift;

	if (!command)
		return opt_unknown_command(p->program, name, err);
	p->command = command;
	memset(p->args, 0, command->args_size);
	shift = first_global(p);
	memmove(p->from + shift, p->from, sizeof(p->from) - shift);
	memset(p->from, 0, shift);
	while (opt_next(p->program, command, &ref))
		if (!ref.is_global && !opt_apply_default(p, &ref, err))
			return false;
	return true;
}

static bool parse_words(struct opt_parser *p, struct ef_err *err)
{
	bool only_args = false;

	while (p->at < p->argc && !p->is_stopped) {
		const char *word = p->argv[p->at++];
		bool ok;

		if (only_args || word[0] != '-' || word[1] == '\0')
			ok = p->command ? parse_positional(p, word, err)
					: start_command(p, word, err);
		else if (strcmp(word, "--") == 0)
			ok = only_args = true;
		else if (word[1] == '-')
			ok = parse_long(p, word, err);
		else
			ok = parse_letters(p, word, err);
		if (!ok)
			return false;
	}
	return true;
}

bool opt_parse(const struct opt_program *program, int argc, char *const *argv,
	       const struct opt_sources *sources, void *globals, size_t globals_size, void *args,
	       struct opt_parsed *ret, struct ef_err *err)
{
	struct opt_parser p = { .program = program,
				.sources = sources,
				.globals = globals,
				.args = args,
				.argc = argc,
				.argv = argv,
				.notes = &ret->notes };
	struct opt_ref ref = { 0 };
	bool ok = true;

	ret->notes.count = 0;
	ret->is_brief = false;
	memset(globals, 0, globals_size);
	while (opt_next(program, NULL, &ref))
		if (!opt_apply_default(&p, &ref, err))
			return false;
	ok = parse_words(&p, err);
	if (ok && !p.is_stopped)
		ok = opt_apply_sources(&p, err);
	ret->command = p.command;
	if (!ok)
		return false;
	ret->is_stopped = p.is_stopped;
	ret->is_brief = p.is_brief;
	memcpy(ret->from, p.from, sizeof(ret->from));
	memcpy(ret->where, p.where, sizeof(ret->where));
	return true;
}

const char *opt_where(const struct opt_program *program, const struct opt_parsed *parsed,
		      const char *name)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, parsed->command, &ref))
		if (strcmp(ref.opt->name, name) == 0)
			return parsed->where[ref.index];
	return NULL;
}

enum opt_from opt_from(const struct opt_program *program, const struct opt_parsed *parsed,
		       const char *name)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, parsed->command, &ref))
		if (strcmp(ref.opt->name, name) == 0)
			return (enum opt_from)parsed->from[ref.index];
	return OPT_FROM_NOWHERE;
}
