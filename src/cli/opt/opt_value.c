/* SPDX-License-Identifier: MIT */
/*
 * Converts the text of one value to the type in the argument struct: numbers,
 * revisions, choices, chips and lists, with the error message for a text that does
 * not fit.
 */
#include "cli/opt/opt_priv.h"

#include "base/util.h"

const char *opt_choice_name(const struct opt *opt, size_t i)
{
	if (opt->kind == OPT_KIND_CHIP)
		return ef_chips[i] ? ef_chips[i]->name : NULL;
	if (opt->kind == OPT_KIND_CHOICE || opt->choices)
		return opt->choices[i].name;
	return NULL;
}

const char *opt_nearest(const char *text, const char *best, const char *candidate,
			unsigned *distance)
{
	/* Accept up to two typing errors, but fewer than the word has letters. */
	unsigned d = ef_edit_distance(text, candidate, 2);
	/* Users seldom mistype the first letter, so it decides between two equally near words. */
	bool is_better = d < *distance ||
			 (d == *distance && best && *best != *text && *candidate == *text);

	if (d > 2 || !is_better || d >= strlen(candidate))
		return best;
	*distance = d;
	return candidate;
}

/*
 * Fail and name the source of the text: the option, the argument, the variable or
 * the configuration file.
 */
static bool bad_value(const struct opt_source *src, const struct opt *opt, struct ef_err *err,
		      const char *text, const char *why)
{
	if (src->config) {
		ef_fail(err, EF_E_INPUT, "%s: '%.80s' %s", src->config, text, why);
		return ef_hint_own(err, "correct that line, or delete it");
	}
	if (src->env)
		return ef_fail(err, EF_E_USAGE, "environment variable %s: '%.80s' %s", src->env,
			       text, why);
	if (opt->flags & OPT_ARG)
		return ef_fail(err, EF_E_USAGE, "<%s>: '%.80s' %s", opt->value, text, why);
	return ef_fail(err, EF_E_USAGE, "option '--%s': '%.80s' %s", opt->name, text, why);
}

bool opt_choice_value(const struct opt *opt, const char *text, int *ret)
{
	unsigned ends = opt->flags & OPT_MORE ? 2 : 1;

	for (const struct opt_choice *c = opt->choices; c && ends; c++) {
		if (!c->name)
			ends--;
		else if (ef_str_ieq(text, c->name)) {
			*ret = c->value;
			return true;
		}
	}
	return false;
}

static bool parse_choice(const struct opt_source *src, const struct opt *opt, const char *text,
			 void *ret, struct ef_err *err)
{
	const char *name, *near = NULL;
	unsigned distance = UINT32_MAX;
	char why[400] = "is not one of ";
	size_t len = strlen(why);

	if (opt_choice_value(opt, text, ret))
		return true;
	for (size_t i = 0; (name = opt_choice_name(opt, i)); i++) {
		near = opt_nearest(text, near, name, &distance);
		(void)ef_snprintf(why + len, sizeof(why) - len, "%s%s", i ? ", " : "", name);
		len = strlen(why);
	}
	bad_value(src, opt, err, text, why);
	return near ? ef_hint_own(err, "did you mean '%s'?", near) : false;
}

static bool parse_chip(const struct opt_source *src, const struct opt *opt, const char *text,
		       void *ret, struct ef_err *err)
{
	const struct ef_chip *chip = ef_chip_by_name(text);
	const char *near = NULL;
	unsigned distance = UINT32_MAX;
	char why[400] = "is not a chip that this program knows: ";
	size_t len = strlen(why);

	if (chip) {
		*(const struct ef_chip **)ret = chip;
		return true;
	}
	for (size_t i = 0; ef_chips[i]; i++) {
		near = opt_nearest(text, near, ef_chips[i]->name, &distance);
		(void)ef_snprintf(why + len, sizeof(why) - len, "%s%s", i ? ", " : "",
				  ef_chips[i]->name);
		len = strlen(why);
	}
	bad_value(src, opt, err, text, why);
	return near ? ef_hint_own(err, "did you mean '%s'?", near) : false;
}

const char *opt_default_word(const struct opt *opt)
{
	uint32_t ignored;

	return opt->kind == OPT_KIND_U32 && opt->def &&
			       !ef_parse_u32(opt->def, UINT32_MAX, &ignored)
		       ? opt->def
		       : NULL;
}

static bool parse_u32(const struct opt_source *src, const struct opt *opt, const char *text,
		      struct opt_u32 *ret, struct ef_err *err)
{
	const char *word = opt_default_word(opt);
	char why[96];
	uint32_t v;

	if (word && ef_str_ieq(text, word)) {
		*ret = (struct opt_u32){ 0, true };
		return true;
	}
	if (ef_parse_u32(text, opt->range.max, &v) && v >= opt->range.min) {
		*ret = (struct opt_u32){ v, true };
		return true;
	}
	if (opt->range.max == UINT32_MAX && opt->range.min == 0)
		(void)ef_snprintf(why, sizeof(why), "is not a number of 32 bits");
	else
		(void)ef_snprintf(why, sizeof(why), "is not %s%sa number from %u to %u",
				  word ? word : "", word ? " or " : "", (unsigned)opt->range.min,
				  (unsigned)opt->range.max);
	bad_value(src, opt, err, text, why);
	return ef_hint_own(err,
			   "numbers are decimal, or hexadecimal after 0x: 4096, 0x1000, 115_200");
}

/* espflash's grammar is "major.minor". The minor revision has two digits in an image's header. */
static bool parse_rev(const struct opt_source *src, const struct opt *opt, const char *text,
		      struct opt_u32 *ret, struct ef_err *err)
{
	const char *dot = strchr(text, '.');
	char major_text[8];
	uint32_t major, minor;

	if (dot && (size_t)(dot - text) < sizeof(major_text)) {
		memcpy(major_text, text, (size_t)(dot - text));
		major_text[dot - text] = '\0';
		if (ef_parse_u32(major_text, 654, &major) && ef_parse_u32(dot + 1, 99, &minor)) {
			*ret = (struct opt_u32){ major * 100 + minor, true };
			return true;
		}
	}
	return bad_value(src, opt, err, text, "is not a revision like 1.0");
}

static bool list_add(struct opt_list *list, const char *text, size_t len)
{
	char *copy = list->text + list->used;

	if (list->count == OPT_LIST_MAX || len >= OPT_LIST_TEXT - list->used)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	list->used += len + 1;
	list->item[list->count++] = copy;
	return true;
}

static bool list_choice_ok(const struct opt_source *src, const struct opt *opt, const char *text,
			   struct ef_err *err)
{
	int ignored;

	return !opt->choices || parse_choice(src, opt, text, &ignored, err);
}

static bool parse_list(const struct opt_source *src, const struct opt *opt, const char *text,
		       struct opt_list *list, struct ef_err *err)
{
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");

		if (len == 0)
			return bad_value(src, opt, err, text, "has an empty item");
		if (!list_add(list, p, len))
			return bad_value(src, opt, err, text, "makes the list too long");
		if (!list_choice_ok(src, opt, list->item[list->count - 1], err))
			return false;
		p += len;
		if (*p == '\0')
			return true;
	}
}

/* Add the word without copying it: text is one of the program's arguments and stays valid. */
static bool add_word(const struct opt_source *src, const struct opt *opt, const char *text,
		     struct opt_list *list, struct ef_err *err)
{
	if (list->count == OPT_LIST_MAX)
		return bad_value(src, opt, err, text, "makes the list too long");
	list->item[list->count++] = text;
	return true;
}

bool opt_value_set(const struct opt *opt, const struct opt_source *src, const char *text, void *ret,
		   struct ef_err *err)
{
	switch (opt->kind) {
	case OPT_KIND_FLAG:
		*(bool *)ret = true;
		return true;
	case OPT_KIND_COUNT:
		(*(unsigned *)ret)++;
		return true;
	case OPT_KIND_STRING:
		if (*text == '\0')
			return bad_value(src, opt, err, text, "is empty");
		*(const char **)ret = text;
		return true;
	case OPT_KIND_U32:
		return parse_u32(src, opt, text, ret, err);
	case OPT_KIND_REV:
		return parse_rev(src, opt, text, ret, err);
	case OPT_KIND_CHOICE:
		return parse_choice(src, opt, text, ret, err);
	case OPT_KIND_CHIP:
		return parse_chip(src, opt, text, ret, err);
	case OPT_KIND_LIST:
		return opt->flags & OPT_WORDS ? add_word(src, opt, text, ret, err)
					      : parse_list(src, opt, text, ret, err);
	}
	return ef_fail(err, EF_E_USAGE, "option '--%s' has no kind", opt->name);
}

bool opt_takes_value(const struct opt *opt)
{
	return opt->kind != OPT_KIND_FLAG && opt->kind != OPT_KIND_COUNT;
}
