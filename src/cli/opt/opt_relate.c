/* SPDX-License-Identifier: MIT */
/*
 * Knows how options combine: which are required, exclude, need or imply each other, and which have
 * no effect beside others. The rules are in the table; see "relations" in opt.h.
 */
#include "cli/opt/opt_parser.h"

#include <string.h>

#include "base/util.h"

/* ---- conditions ---- */

static bool copy(char *ret, size_t cap, const char *text, size_t len)
{
	if (len >= cap)
		len = cap - 1;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return true;
}

bool opt_cond_next(const char **rule, struct opt_cond *ret)
{
	const char *text = *rule ? *rule + strspn(*rule, ",& ") : "";
	size_t len = strcspn(text, ",&"), name;

	if (len == 0)
		return false;
	*rule = text + len;
	ret->is_and = text[len] == '&';
	ret->is_negated = *text == '!';
	text += ret->is_negated;
	len -= ret->is_negated;
	name = strcspn(text, "=,&");
	copy(ret->name, sizeof(ret->name), text, name);
	name += text[name] == '=';
	return copy(ret->values, sizeof(ret->values), text + name, len - name);
}

static bool find(const struct opt_parser *p, const char *name, struct opt_ref *ref)
{
	*ref = (struct opt_ref){ 0 };
	while (opt_next(p->program, p->command, ref))
		if (strcmp(ref->opt->name, name) == 0)
			return true;
	return false;
}

/* Return whether the option has a value from any source but its default. */
static bool has_value(const struct opt_parser *p, const struct opt_ref *ref)
{
	const void *value = opt_value_of(p, ref);

	switch (ref->opt->kind) {
	case OPT_KIND_FLAG:
		return *(const bool *)value;
	case OPT_KIND_COUNT:
		return *(const unsigned *)value > 0;
	case OPT_KIND_LIST:
		return ((const struct opt_list *)value)->count > 0;
	case OPT_KIND_STRING:
	case OPT_KIND_U32:
	case OPT_KIND_REV:
	case OPT_KIND_CHOICE:
	case OPT_KIND_CHIP:
		break;
	}
	return p->from[ref->index] >= OPT_FROM_CONFIG;
}

static bool is_in(const char *values, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = values; *at; at += strspn(at, "|")) {
		size_t n = strcspn(at, "|");

		if (n == len && memcmp(at, name, n) == 0)
			return true;
		at += n;
	}
	return false;
}

/* Return whether the choice has one of these values, possibly by default. */
static bool has_choice(const struct opt_parser *p, const struct opt_ref *ref, const char *values)
{
	const int *value = opt_value_of(p, ref);

	if (ref->opt->kind != OPT_KIND_CHOICE)
		return false;
	for (const struct opt_choice *c = ref->opt->choices; c->name; c++)
		if (c->value == *value && is_in(values, c->name))
			return true;
	return false;
}

static bool holds(const struct opt_parser *p, const struct opt_cond *c)
{
	struct opt_ref ref;

	return find(p, c->name, &ref) &&
	       c->is_negated != (*c->values ? has_choice(p, &ref, c->values) : has_value(p, &ref));
}

/* Find the first condition of the rule that holds. If it is joined by &, its last term. */
static bool first_holding(const struct opt_parser *p, const char *rule, struct opt_cond *ret)
{
	bool all = true;

	while (opt_cond_next(&rule, ret)) {
		all = all && holds(p, ret);
		if (ret->is_and)
			continue;
		if (all)
			return true;
		all = true;
	}
	return false;
}

/* Return whether the command has an option that the rule names. */
static bool applies(const struct opt_parser *p, const char *rule)
{
	struct opt_cond c;
	struct opt_ref ref;

	while (opt_cond_next(&rule, &c))
		if (find(p, c.name, &ref))
			return true;
	return false;
}

/* ---- words ---- */

/* "'--before no-reset'": the condition as the user would type it. */
static void say(const struct opt_parser *p, const struct opt_cond *c, char *ret, size_t cap)
{
	struct opt_ref ref;
	const char *value = "";

	if (*c->values && find(p, c->name, &ref)) {
		const int *now = opt_value_of(p, &ref);

		for (const struct opt_choice *o = ref.opt->choices; o->name; o++)
			if (o->value == *now)
				value = o->name;
	}
	(void)ef_snprintf(ret, cap, "'--%s%s%s'", c->name, *value ? " " : "", value);
}

/* "'--to-binary' or '--to-csv'" */
static void say_all(const struct opt_parser *p, const char *rule, char *ret, size_t cap)
{
	struct opt_cond c;
	struct opt_ref ref;
	size_t len = 0;

	ret[0] = '\0';
	while (opt_cond_next(&rule, &c)) {
		if (!find(p, c.name, &ref))
			continue;
		(void)ef_snprintf(ret + len, cap - len, "%s'--%s%s%s'", len ? " or " : "", c.name,
				  *c.values ? " " : "", c.values);
		len += strlen(ret + len);
	}
}

/* ---- refusals ---- */

static bool missing(const struct opt_parser *p, const struct opt *o, struct ef_err *err)
{
	const char *name = p->command ? p->command->name : p->program->name;

	if (o->flags & OPT_ARG)
		ef_fail(err, EF_E_USAGE, "'%s' needs <%s>: %s", name, o->value, o->help);
	else
		ef_fail(err, EF_E_USAGE, "'%s' needs '--%s <%s>'", name, o->name, o->value);
	return ef_hint_own(err, "'%s %s --help' shows how it is used", p->program->name, name);
}

static bool is_given(const struct opt_parser *p, const struct opt_ref *ref)
{
	return p->from[ref->index] >= OPT_FROM_ENV;
}

/*
 * Find a condition that holds because of the command line or the environment. The options of this
 * run override those that a file configures.
 */
static bool excluder(const struct opt_parser *p, const char *rule, struct opt_cond *ret)
{
	struct opt_ref ref;

	while (opt_cond_next(&rule, ret))
		if (find(p, ret->name, &ref) && is_given(p, &ref) &&
		    (*ret->values ? has_choice(p, &ref, ret->values) : has_value(p, &ref)))
			return true;
	return false;
}

bool opt_is_excluded(const struct opt_parser *p, const struct opt *o)
{
	struct opt_ref ref = { 0 };
	struct opt_cond c;

	if (excluder(p, o->conflicts, &c))
		return true;
	while (opt_next(p->program, p->command, &ref)) {
		const char *rule = ref.opt->conflicts;

		if (!is_given(p, &ref))
			continue;
		while (opt_cond_next(&rule, &c))
			if (strcmp(c.name, o->name) == 0 && !*c.values)
				return true;
	}
	return false;
}

static bool check_one(const struct opt_parser *p, const struct opt_ref *ref, struct ef_err *err)
{
	const struct opt *o = ref->opt;
	struct opt_cond c;
	char text[256];

	if ((o->flags & OPT_REQUIRED) && p->from[ref->index] < OPT_FROM_CONFIG)
		return missing(p, o, err);
	if (!is_given(p, ref))
		return true;
	if (excluder(p, o->conflicts, &c)) {
		say(p, &c, text, sizeof(text));
		ef_fail(err, EF_E_USAGE, "'--%s' and %s exclude each other", o->name, text);
		return ef_hint_own(err, "leave one of them out");
	}
	if (o->needs && applies(p, o->needs) && !first_holding(p, o->needs, &c)) {
		say_all(p, o->needs, text, sizeof(text));
		ef_fail(err, EF_E_USAGE, "'--%s' works only with %s", o->name, text);
		return ef_hint_own(err, "add %s, or leave '--%s' out", text, o->name);
	}
	return true;
}

/* ---- what follows ---- */

static void imply(struct opt_parser *p, const struct opt_ref *ref)
{
	struct opt_ref flag;

	if (!ref->opt->implies || p->from[ref->index] != OPT_FROM_ARGS ||
	    !find(p, ref->opt->implies, &flag) || flag.opt->kind != OPT_KIND_FLAG)
		return;
	*(bool *)opt_value_of(p, &flag) = true;
	p->from[flag.index] = OPT_FROM_ARGS;
}

/* ---- notes ---- */

#define HAVE " have no effect "
#define HAS  " has no effect "

/* Make options that are idle for the same reason share a note. */
static void note(struct opt_parser *p, const char *name, const char *reason)
{
	struct opt_notes *n = p->notes;
	char names[OPT_NOTE_SIZE];

	for (size_t i = 0; i < n->count; i++) {
		char *verb = strstr(n->text[i], HAS), *many = strstr(n->text[i], HAVE);
		char *end = verb ? verb : many;

		if (!end || strcmp(end + strlen(verb ? HAS : HAVE), reason) != 0)
			continue;
		(void)copy(names, sizeof(names), n->text[i], (size_t)(end - n->text[i]));
		(void)ef_snprintf(n->text[i], OPT_NOTE_SIZE, "%s, '--%s'" HAVE "%s", names, name,
				  reason);
		return;
	}
	if (n->count < OPT_NOTES_MAX)
		(void)ef_snprintf(n->text[n->count++], OPT_NOTE_SIZE, "'--%s'" HAS "%s", name,
				  reason);
}

static bool is_idle_in(const struct opt_command *command, const char *name)
{
	const char *rule = command ? command->idle : NULL;
	struct opt_cond c;

	while (opt_cond_next(&rule, &c))
		if (strcmp(c.name, name) == 0)
			return true;
	return false;
}

/* A variable or a file serves other runs, too, so only the command line is checked. */
static void note_idle(struct opt_parser *p, const struct opt_ref *ref)
{
	struct opt_cond c;
	char text[128], reason[160];

	if (p->from[ref->index] != OPT_FROM_ARGS)
		return;
	if (!ref->is_global && is_idle_in(p->command, ref->opt->name)) {
		(void)ef_snprintf(reason, sizeof(reason), "in '%s'", p->command->name);
		note(p, ref->opt->name, reason);
	} else if (first_holding(p, ref->opt->idle, &c)) {
		say(p, &c, text, sizeof(text));
		(void)ef_snprintf(reason, sizeof(reason), "%s %s",
				  c.is_negated ? "without" : "with", text);
		note(p, ref->opt->name, reason);
	}
}

bool opt_relate(struct opt_parser *p, struct ef_err *err)
{
	struct opt_ref ref = { 0 };

	while (opt_next(p->program, p->command, &ref))
		imply(p, &ref);
	ref = (struct opt_ref){ 0 };
	while (opt_next(p->program, p->command, &ref))
		if (!check_one(p, &ref, err))
			return false;
	ref = (struct opt_ref){ 0 };
	while (opt_next(p->program, p->command, &ref))
		note_idle(p, &ref);
	return true;
}
