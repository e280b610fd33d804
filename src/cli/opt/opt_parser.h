/* SPDX-License-Identifier: MIT */
/* The state of the parser, for the files that share it. */
#ifndef EF_CLI_OPT_PARSER_H
#define EF_CLI_OPT_PARSER_H

#include "cli/opt/opt.h"

struct opt_parser {
	const struct opt_program *program;
	const struct opt_command *command;
	const struct opt_sources *sources;
	unsigned char *globals, *args;
	int argc;
	char *const *argv;
	int at;
	size_t positional;                 /* number of arguments that were filled */
	const struct opt *bare;            /* option whose optional value was left out; NULL */
	int bare_next;                     /* index of the word that follows it */
	unsigned char from[OPT_COUNT_MAX]; /* enum opt_from */
	bool is_stopped, is_brief, is_exit;
	struct opt_notes *notes;
	/* the place in the configuration file that sets it; NULL */
	const char *where[OPT_COUNT_MAX];
};

/* Return the place of this option's value, in globals or in args. */
void *opt_value_of(const struct opt_parser *p, const struct opt_ref *ref);
/*
 * Convert text and store it. A value replaces an earlier one; a list grows.
 * Errors: USAGE, INPUT.
 */
bool opt_set(struct opt_parser *p, const struct opt_ref *ref, const struct opt_source *src,
	     const char *text, struct ef_err *err) EF_MUST_CHECK;
/* Find the option with this name or alias, of len bytes. */
bool opt_find_long(const struct opt_parser *p, const char *name, size_t len, struct opt_ref *ref);
/* Store the default, if there is one. */
bool opt_apply_default(struct opt_parser *p, const struct opt_ref *ref,
		       struct ef_err *err) EF_MUST_CHECK;
/* Fill what the command line left open, and check which options need or exclude each other. */
bool opt_apply_sources(struct opt_parser *p, struct ef_err *err) EF_MUST_CHECK;

/* ---- opt_relate.c: how options go together ---- */

/* One condition of a rule; see opt.h. */
struct opt_cond {
	char name[48];
	char values[64]; /* "a|b"; "": any */
	bool is_negated;
	bool is_and; /* the next condition must hold, too */
};
/* Take the next condition from *rule, which may be NULL. false: there are no more. */
bool opt_cond_next(const char **rule, struct opt_cond *ret);
/*
 * Return whether an option that was given for this run excludes o. The rule may be in either of the
 * two.
 */
bool opt_is_excluded(const struct opt_parser *p, const struct opt *o);
/*
 * Switch on implied flags, refuse options that exclude each other or lack what they need, and note
 * options without effect. Errors: USAGE.
 */
bool opt_relate(struct opt_parser *p, struct ef_err *err) EF_MUST_CHECK;

#endif
