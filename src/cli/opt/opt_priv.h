/* SPDX-License-Identifier: MIT */
/* What the files of the option parser call of each other. */
#ifndef EF_CLI_OPT_PRIV_H
#define EF_CLI_OPT_PRIV_H

#include "cli/opt/opt.h"

/* Of best and candidate the one that is nearer to text, if it is near at all. */
const char *opt_nearest(const char *text, const char *best, const char *candidate,
			unsigned *distance);

/* Each line of text, wrapped to width, after indent blanks. */
void opt_wrap(FILE *out, const char *text, unsigned indent, unsigned width);

#endif
