/* SPDX-License-Identifier: MIT */
/* A command line that was written for esptool becomes one of ours. */
#ifndef EF_CLI_ESPTOOL_LINE_H
#define EF_CLI_ESPTOOL_LINE_H

#include <espflash/err.h>

#include "cli/opt/opt.h"

#define ESPTOOL_WORDS_MAX 256
#define ESPTOOL_TEXT_MAX  8192
#define ESPTOOL_HINT_MAX  (EF_HINT_TEXT_SIZE - 40) /* a longer line fits in no hint */

/* Points into itself: do not copy it. */
struct esptool_line {
	int argc; /* without the program's name */
	char *argv[ESPTOOL_WORDS_MAX];
	char text[ESPTOOL_TEXT_MAX]; /* the words' characters */
	size_t used;
	char shown[ESPTOOL_TEXT_MAX]; /* the whole line, to be typed in a shell */
	char missing[512]; /* "'--encrypt', 'soft-reset'": has no counterpart; "": all has */
	bool is_near;      /* shown does nearly the same, but not the same */
	bool has_keep;     /* --flash-size detect: the file's own size stays */
};

/*
 * Read argv (without the program's name) as esptool's. false: it is not a line of
 * esptool's. "python -m esptool" and the like may stand before it. What esptool and
 * we spell alike, but mean differently, is never taken for esptool's.
 */
bool esptool_line_read(const struct opt_program *program, int argc, char *const *argv,
		       struct esptool_line *ret);
/* The error for a line with something missing: all of it, and the line without it. USAGE. */
bool esptool_line_fail(const struct esptool_line *line, struct ef_err *err);

#endif
