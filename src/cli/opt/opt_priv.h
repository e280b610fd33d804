/* SPDX-License-Identifier: MIT */
/* What the files of the option parser call of each other. */
#ifndef EF_CLI_OPT_PRIV_H
#define EF_CLI_OPT_PRIV_H

#include "cli/opt/opt.h"

/* Where a value's text came from. */
struct opt_source {
	const char *env;    /* variable; NULL: the command line, or a default */
	const char *config; /* file, line and key; NULL */
};

bool opt_takes_value(const struct opt *opt);
/* Convert text (NULL for flags) and store it at ret, which has the kind's type. */
bool opt_value_set(const struct opt *opt, const struct opt_source *src, const char *text,
		   void *ret, struct ef_err *err) EF_MUST_CHECK;
/* Of best and candidate the one that is nearer to text, if it is near at all. */
const char *opt_nearest(const char *text, const char *best, const char *candidate,
			unsigned *distance);

/* Each line of text, wrapped to width, after indent blanks. */
void opt_wrap(FILE *out, const char *text, unsigned indent, unsigned width);

#endif
