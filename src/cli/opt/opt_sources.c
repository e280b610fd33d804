/* SPDX-License-Identifier: MIT */
/*
 * Fills the options that the command line did not set: from the environment, then
 * the configuration, then the default. Checks which options need or exclude each
 * other.
 */
#include "cli/opt/opt_parser.h"

#include <string.h>

bool opt_apply_default(struct opt_parser *p, const struct opt_ref *ref, struct ef_err *err)
{
	const struct opt_source src = { NULL, NULL };

	if (!ref->opt->def)
		return true;
	if (!opt_value_set(ref->opt, &src, ref->opt->def, opt_value_of(p, ref), err))
		return false;
	/* is_set means that the user gave the number. */
	if (ref->opt->kind == OPT_KIND_U32 || ref->opt->kind == OPT_KIND_REV)
		((struct opt_u32 *)opt_value_of(p, ref))->is_set = false;
	p->from[ref->index] = OPT_FROM_DEFAULT;
	return true;
}

static bool apply_env(struct opt_parser *p, const struct opt_ref *ref, struct ef_err *err)
{
	const struct opt_source src = { ref->opt->env, NULL };
	const char *text;

	if (!ref->opt->env || p->from[ref->index] == OPT_FROM_ARGS || !p->sources->env)
		return true;
	text = p->sources->env(p->sources->user, ref->opt->env);
	/* Scripts set a variable to an empty text when they mean to unset it. */
	if (!text || *text == '\0')
		return true;
	return opt_set(p, ref, &src, text, err);
}

/*
 * Whether the command line or the environment set the option, that is, the user
 * asked for it in this run.
 */
static bool is_given(const struct opt_parser *p, const char *name)
{
	struct opt_ref ref;

	return opt_find_long(p, name, strlen(name), &ref) && p->from[ref.index] >= OPT_FROM_ENV;
}

/*
 * Whether an option that was given for this run excludes o. Either of the two may
 * name the other.
 */
static bool is_excluded(const struct opt_parser *p, const struct opt *o)
{
	struct opt_ref ref = { 0 };

	if (o->conflicts && is_given(p, o->conflicts))
		return true;
	while (opt_next(p->program, p->command, &ref))
		if (ref.opt->conflicts && strcmp(ref.opt->conflicts, o->name) == 0 &&
		    p->from[ref.index] >= OPT_FROM_ENV)
			return true;
	return false;
}

static bool apply_config(struct opt_parser *p, const struct opt_ref *ref, struct ef_err *err)
{
	const struct opt *o = ref->opt;
	const char *text = NULL;
	struct opt_source src = { NULL, NULL };

	if (!o->config || p->from[ref->index] >= OPT_FROM_ENV || !p->sources->config)
		return true;
	/* An option that was given for this run overrides a configured option that it excludes. */
	if (is_excluded(p, o))
		return true;
	if (!p->sources->config(p->sources->user, o, &text, &src.config, err))
		return false;
	if (!text || (o->kind == OPT_KIND_FLAG && strcmp(text, "false") == 0))
		return true;
	return opt_set(p, ref, &src, text, err);
}

static bool missing(const struct opt_parser *p, const struct opt *o, struct ef_err *err)
{
	const char *name = p->command ? p->command->name : p->program->name;

	if (o->flags & OPT_ARG)
		ef_fail(err, EF_E_USAGE, "'%s' needs <%s>: %s", name, o->value, o->help);
	else
		ef_fail(err, EF_E_USAGE, "'%s' needs '--%s <%s>'", name, o->name, o->value);
	return ef_hint_own(err, "'%s %s --help' shows how it is used", p->program->name, name);
}

static bool exclusive(const struct opt *o, struct ef_err *err)
{
	ef_fail(err, EF_E_USAGE, "'--%s' and '--%s' exclude each other", o->name, o->conflicts);
	return ef_hint_own(err, "leave one of them out");
}

static bool check_relations(const struct opt_parser *p, struct ef_err *err)
{
	struct opt_ref ref = { 0 };

	while (opt_next(p->program, p->command, &ref)) {
		const struct opt *o = ref.opt;

		if ((o->flags & OPT_REQUIRED) && p->from[ref.index] < OPT_FROM_CONFIG)
			return missing(p, o, err);
		if (p->from[ref.index] < OPT_FROM_ENV)
			continue;
		if (o->conflicts && is_given(p, o->conflicts))
			return exclusive(o, err);
		if (o->needs && !is_given(p, o->needs)) {
			ef_fail(err, EF_E_USAGE, "'--%s' works only with '--%s'", o->name,
				o->needs);
			return ef_hint_own(err, "add '--%s', or leave '--%s' out", o->needs,
					   o->name);
		}
	}
	return true;
}

bool opt_apply_sources(struct opt_parser *p, struct ef_err *err)
{
	struct opt_ref ref = { 0 };

	while (opt_next(p->program, p->command, &ref))
		if (!apply_env(p, &ref, err))
			return false;
	if (p->is_exit)
		return true;
	ref = (struct opt_ref){ 0 };
	while (opt_next(p->program, p->command, &ref))
		if (!apply_config(p, &ref, err))
			return false;
	return check_relations(p, err);
}
