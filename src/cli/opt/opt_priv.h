/* SPDX-License-Identifier: MIT */
/* Functions that the files of this room share. */
#ifndef EF_CLI_OPT_PRIV_H
#define EF_CLI_OPT_PRIV_H

#include "cli/opt/opt.h"

#define OPT_LEFT_SIZE 96

/*
 * Return best or candidate, whichever is nearer to text. Ignores a candidate that isn't near at
 * all.
 */
const char *opt_nearest(const char *text, const char *best, const char *candidate,
			unsigned *distance);

/* Print text, wrapped to width. Every line but the first is indented by indent blanks. */
void opt_wrap(FILE *out, const char *text, unsigned indent, unsigned width);

/* Print an option as the left column of a help shows it: " -p, --port <PORT>", " <FILE>". */
void opt_left_column(const struct opt *o, char ret[OPT_LEFT_SIZE]);

/* Return whether completion offers it as a word. */
static inline bool opt_is_shown(const struct opt *o)
{
	return !(o->flags & (OPT_ARG | OPT_HIDDEN));
}

#endif
