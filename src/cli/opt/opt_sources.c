/* SPDX-License-Identifier: MIT */
/*
 * Fills the options that the command line did not set: from the environment, then
 * the configuration, then the default.
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

static bool apply_config(struct opt_parser *p, const struct opt_ref *ref, struct ef_err *err)
{
	const struct opt *o = ref->opt;
	const char *text = NULL;
	struct opt_source src = { NULL, NULL };

	if (!o->config || p->from[ref->index] >= OPT_FROM_ENV || !p->sources->config)
		return true;
	/* An option that was given for this run overrides a configured option that it excludes. */
	if (opt_is_excluded(p, o))
		return true;
	if (!p->sources->config(p->sources->user, o, &text, &src.config, err))
		return false;
	if (!text || (o->kind == OPT_KIND_FLAG && strcmp(text, "false") == 0))
		return true;
	return opt_set(p, ref, &src, text, err);
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
	return opt_relate(p, err);
}
