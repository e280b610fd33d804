/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Log levels and the one sink that the program may set.
 *
 * The library never prints. Errors are returned (err.h), what a user should
 * see goes out as events (flasher.h); the log is for people who look for a
 * fault. The sink is the only mutable global of the library.
 */
#ifndef ESPFLASH_LOG_H
#define ESPFLASH_LOG_H

#include <espflash/err.h>

EF_API_BEGIN

enum ef_log_level {
	EF_LOG_WARN,
	EF_LOG_INFO,
	EF_LOG_DEBUG,
	EF_LOG_TRACE,
};

/** @p line has no newline and no control characters. */
typedef void ef_log_fn(void *user, enum ef_log_level level, const char *line);

/** Send lines up to and including @p max to @p sink; NULL turns logging off (the default). */
void ef_log_set_sink(ef_log_fn *sink, void *user, enum ef_log_level max);

/** Whether a line of this level would go anywhere; for costly arguments. */
bool ef_log_enabled(enum ef_log_level level);

void ef_log(enum ef_log_level level, const char *fmt, ...) EF_PRINTF(2, 3);

EF_API_END
#endif
