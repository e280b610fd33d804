/* SPDX-License-Identifier: MIT */
/* Formats log lines and passes them to the sink, the only mutable global of the library. */
#include <stdio.h>

#include <espflash/log.h>

#include "base/util.h"

static struct {
	ef_log_fn *fn;
	void *user;
	enum ef_log_level max;
} sink;

void ef_log_set_sink(ef_log_fn *fn, void *user, enum ef_log_level max)
{
	sink.fn = fn;
	sink.user = user;
	sink.max = max;
}

bool ef_log_enabled(enum ef_log_level level)
{
	return sink.fn && level <= sink.max;
}

void ef_log(enum ef_log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (!ef_log_enabled(level))
		return;
	va_start(ap, fmt);
	if (vsnprintf(line, sizeof(line), fmt, ap) >= 0) {
		ef_clean_text(line);
		sink.fn(sink.user, level, line);
	}
	va_end(ap);
}
