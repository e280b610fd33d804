/* SPDX-License-Identifier: MIT */
/* Files of lines in tests/golden/session. */
#ifndef GOLDEN_LINES_H
#define GOLDEN_LINES_H

#include <stdio.h>
#include <stdlib.h>

#include "ck_ef.h"

/* The content of NAME.txt; valid until the next call. */
static inline char *golden_read(const char *name)
{
	static char text[1u << 18];
	char path[512];
	size_t len;
	FILE *in;

	(void)snprintf(path, sizeof(path), EF_SOURCE_DIR "/tests/golden/session/%s.txt", name);
	in = fopen(path, "r");
	ck_assert_msg(in != NULL, "cannot open %s", path);
	len = fread(text, 1, sizeof(text) - 1, in);
	(void)fclose(in);
	text[len] = '\0';
	return text;
}

/* The file has this line, unless the variable of the environment asks to print it. */
static inline void golden_has(const char *name, const char *line, const char *variable)
{
	if (getenv(variable))
		(void)printf("%s", line);
	else
		ck_assert_msg(strstr(golden_read(name), line) != NULL, "no such line: %s", line);
}

#endif
