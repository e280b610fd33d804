/* SPDX-License-Identifier: MIT */
/* Translates a command line that was written for esptool into one of ours. */
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
	/* "'--encrypt', 'soft-reset'": the words without a counterpart; "": there are none */
	char missing[512];
	bool is_near;  /* shown does nearly the same, but not the same */
	bool has_keep; /* --flash-size detect: the file's own size stays */
};

/*
 * Read argv (without the program's name) as esptool's. False: it is not one of esptool's. It may
 * begin with "python -m esptool" and the like. A line that is also valid here, but means something
 * else, is never taken for esptool's.
 */
bool esptool_line_read(const struct opt_program *program, int argc, char *const *argv,
		       struct esptool_line *ret);
/*
 * Fail because some words have no counterpart. The error lists them, and has the line without them.
 * USAGE.
 */
bool esptool_line_fail(const struct esptool_line *line, struct ef_err *err);

#endif
