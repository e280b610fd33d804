/* SPDX-License-Identifier: MIT */
/*
 * Checks the parts of the command table that the compiler can't check. A test
 * calls this; the program never does.
 */
#include "cli/opt/opt_parser.h"
#include "cli/opt/opt_priv.h"

#include "base/util.h"

static bool bad(struct ef_err *err, const struct opt_command *c, const struct opt *o,
		const char *why)
{
	return ef_fail(err, EF_E_USAGE, "table: command '%s', option '%s': %s",
		       c ? c->name : "(global)", o ? o->name : "-", why);
}

static bool is_help_text(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len == 0 || text[len - 1] == '.' || strchr(text, '\n'))
		return false;
	/* A capital letter may start a name or an acronym: "ELF file". */
	return !(text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z') &&
		 text[1] != '-' && !(text[1] >= '0' && text[1] <= '9'));
}

static bool is_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '-')
			return false;
	return name[0] != '-' && name[0] != '\0';
}

static size_t value_size(const struct opt *o)
{
	switch (o->kind) {
	case OPT_KIND_FLAG:
		return sizeof(bool);
	case OPT_KIND_COUNT:
		return sizeof(unsigned);
	case OPT_KIND_STRING:
		return sizeof(const char *);
	case OPT_KIND_U32:
	case OPT_KIND_REV:
		return sizeof(struct opt_u32);
	case OPT_KIND_CHOICE:
		return sizeof(int);
	case OPT_KIND_CHIP:
		return sizeof(const struct ef_chip *);
	case OPT_KIND_LIST:
		return sizeof(struct opt_list);
	}
	return SIZE_MAX;
}

static bool check_default(const struct opt_command *c, const struct opt *o, struct ef_err *err)
{
	static const struct opt_source src = { NULL, NULL };
	union {
		const char *text;
		struct opt_u32 u32;
		int choice;
		const struct ef_chip *chip;
	} scratch = { NULL };
	struct ef_err inner = EF_ERR_INIT;

	if (!o->def)
		return true;
	if (o->kind == OPT_KIND_LIST || !opt_takes_value(o))
		return bad(err, c, o, "this kind can't have a default");
	if (!opt_value_set(o, &src, o->def, &scratch, &inner))
		return bad(err, c, o, inner.msg);
	return true;
}

static bool check_option(const struct opt_command *c, const struct opt_ref *ref, struct ef_err *err)
{
	const struct opt *o = ref->opt;

	if (!is_name(o->name))
		return bad(err, c, o, "its name has other characters than a-z, 0-9 and -");
	if (!is_help_text(o->help))
		return bad(err, c, o, "help is missing, begins with a capital or ends in a stop");
	if (opt_takes_value(o) != (o->value != NULL))
		return bad(err, c, o, "the value's name must be there if and only if it has one");
	if (o->kind == OPT_KIND_CHOICE && (!o->choices || !o->choices[0].name))
		return bad(err, c, o, "no choices");
	if (o->range.min > o->range.max)
		return bad(err, c, o, "limits");
	if ((o->flags & OPT_ARG) && (ref->is_global || o->letter || o->env || o->config))
		return bad(err, c, o, "a positional argument has a name only");
	if (o->config && (o->kind == OPT_KIND_LIST || o->kind == OPT_KIND_COUNT))
		return bad(err, c, o, "this kind can't be configured");
	if (c && !ref->is_global && ref->base + o->offset + value_size(o) > c->args_size)
		return bad(err, c, o, "its value lies outside of the arguments");
	return check_default(c, o, err);
}

static bool find_twin(const struct opt_program *program, const struct opt_command *c,
		      const struct opt_ref *of, const char *name)
{
	struct opt_ref ref = { 0 };

	while (opt_next(program, c, &ref))
		if (ref.index != of->index && strcmp(ref.opt->name, name) == 0)
			return true;
	return false;
}

/* Return the option of this name in any command that has o. */
static const struct opt *find_beside(const struct opt_program *program, const struct opt *o,
				     const char *name)
{
	for (const struct opt_command *c = program->commands; c->name; c++) {
		const struct opt *found = NULL;
		struct opt_ref ref = { 0 };
		bool is_here = false;

		while (opt_next(program, c, &ref)) {
			is_here = is_here || ref.opt == o;
			if (ref.opt != o && strcmp(ref.opt->name, name) == 0)
				found = ref.opt;
		}
		if (is_here && found)
			return found;
	}
	return NULL;
}

static bool check_values(const struct opt_command *c, const struct opt *o, const struct opt *other,
			 char *values, struct ef_err *err)
{
	for (char *at = values, *end; *at; at = end) {
		bool is_there = false;

		end = at + strcspn(at, "|");
		if (*end)
			*end++ = '\0';
		for (const struct opt_choice *v = other->choices; v && v->name; v++)
			is_there = is_there || strcmp(v->name, at) == 0;
		if (!is_there)
			return bad(err, c, o, "a rule names a value that isn't there");
	}
	return true;
}

static bool check_rules(const struct opt_program *program, const struct opt_command *c,
			const struct opt *o, struct ef_err *err)
{
	const char *const rules[] = { o->conflicts, o->needs, o->idle };
	struct opt_cond cond;

	for (size_t i = 0; i < EF_ARRAY_LEN(rules); i++) {
		const char *rule = rules[i];

		while (opt_cond_next(&rule, &cond)) {
			const struct opt *other = find_beside(program, o, cond.name);

			if (!other)
				return bad(err, c, o, "a rule names an option that isn't there");
			if (i < 2 && cond.is_negated)
				return bad(err, c, o, "only idle takes negated conditions");
			if (!check_values(c, o, other, cond.values, err))
				return false;
		}
	}
	if (o->implies) {
		const struct opt *flag = find_beside(program, o, o->implies);

		if (!flag || flag->kind != OPT_KIND_FLAG)
			return bad(err, c, o, "implies a flag that isn't there");
	}
	return true;
}

/* Check that the options a command lists as idle exist in it. */
static bool check_idle(const struct opt_program *program, const struct opt_command *c,
		       struct ef_err *err)
{
	const char *rule = c->idle;
	struct opt_cond cond;

	while (opt_cond_next(&rule, &cond)) {
		struct opt_ref ref = { 0 };
		bool is_there = false;

		while (opt_next(program, c, &ref))
			is_there = is_there || strcmp(ref.opt->name, cond.name) == 0;
		if (!is_there)
			return bad(err, c, NULL, "idle names an option that isn't there");
	}
	return true;
}

static bool check_unique(const struct opt_program *program, const struct opt_command *c,
			 const struct opt_ref *of, struct ef_err *err)
{
	const struct opt *o = of->opt;
	struct opt_ref ref = { 0 };

	if (find_twin(program, c, of, o->name))
		return bad(err, c, o, "two of this name");
	if (o->alias && find_twin(program, c, of, o->alias))
		return bad(err, c, o, "its alias is another option's name");
	if (!check_rules(program, c, o, err))
		return false;
	while (o->letter && opt_next(program, c, &ref))
		if (ref.index != of->index && ref.opt->letter == o->letter)
			return bad(err, c, o, "two with this letter");
	return true;
}

static bool check_options(const struct opt_program *program, const struct opt_command *c,
			  struct ef_err *err)
{
	struct opt_ref ref = { 0 };
	bool was_list = false, was_optional = false;

	while (opt_next(program, c, &ref)) {
		if (!check_option(c, &ref, err) || !check_unique(program, c, &ref, err))
			return false;
		if (ref.index >= OPT_COUNT_MAX)
			return bad(err, c, ref.opt, "more options than OPT_COUNT_MAX");
		if (!(ref.opt->flags & OPT_ARG))
			continue;
		if (was_list || (was_optional && (ref.opt->flags & OPT_REQUIRED)))
			return bad(err, c, ref.opt, "can't follow a list or an optional argument");
		was_list = ref.opt->kind == OPT_KIND_LIST;
		was_optional = !(ref.opt->flags & OPT_REQUIRED);
	}
	return true;
}

bool opt_selfcheck(const struct opt_program *program, struct ef_err *err)
{
	if (!check_options(program, NULL, err))
		return false;
	for (const struct opt_command *c = program->commands; c->name; c++) {
		if (opt_command_find(program, c->name) != c)
			return bad(err, c, NULL, "two commands of this name");
		if (!c->run || (!c->is_hidden && !is_help_text(c->summary)))
			return bad(err, c, NULL, "no function, or no proper summary");
		if (c->args_size > OPT_ARGS_SIZE)
			return bad(err, c, NULL, "its arguments are larger than OPT_ARGS_SIZE");
		if (!check_options(program, c, err) || !check_idle(program, c, err))
			return false;
	}
	return true;
}
