/* SPDX-License-Identifier: MIT */
/* The functions of monitor/crash.h for one line of text. */
#ifndef CRASH_LINE_H
#define CRASH_LINE_H

#include <string.h>

#include "monitor/crash.h"

static inline bool line_is_panic(const char *line)
{
	struct ef_console_event e;

	ef_console_classify(line, strlen(line), &e);
	(void)is_panic_end(&e);
	return is_panic(&e);
}

static inline bool line_is_reset(const char *line, struct reset *ret)
{
	struct ef_console_event e;

	ef_console_classify(line, strlen(line), &e);
	return read_reset(&e, ret);
}

#endif
