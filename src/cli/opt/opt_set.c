/* SPDX-License-Identifier: MIT */
/*
 * Stores the values of options while the command line is parsed, and records which
 * source set each.
 */
#include "cli/opt/opt_parser.h"

#include <string.h>

void *opt_value_of(const struct opt_parser *p, const struct opt_ref *ref)
{
	return (ref->is_global ? p->globals : p->args) + ref->base + ref->opt->offset;
}

bool opt_set(struct opt_parser *p, const struct opt_ref *ref, const struct opt_source *src,
	     const char *text, struct ef_err *err)
{
	const struct opt *opt = ref->opt;

	if (!opt_value_set(opt, src, text, opt_value_of(p, ref), err))
		return false;
	p->from[ref->index] = src->config ? OPT_FROM_CONFIG
			      : src->env  ? OPT_FROM_ENV
					  : OPT_FROM_ARGS;
	p->where[ref->index] = src->config;
	if (opt->flags & OPT_STOP)
		p->is_stopped = true;
	if (opt->flags & OPT_EXIT)
		p->is_exit = true;
	return true;
}

bool opt_find_long(const struct opt_parser *p, const char *name, size_t len, struct opt_ref *ref)
{
	*ref = (struct opt_ref){ 0 };
	while (opt_next(p->program, p->command, ref)) {
		const struct opt *o = ref->opt;

		if (o->flags & OPT_ARG)
			continue;
		if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return true;
		if (o->alias && strlen(o->alias) == len && memcmp(o->alias, name, len) == 0)
			return true;
	}
	return false;
}
