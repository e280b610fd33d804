/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Log levels, and the sink that receives the log.
 *
 * The library never prints. It returns errors (err.h), reports progress as
 * events (flasher.h), and logs what helps in finding a fault. The sink is the
 * only mutable global of the library; set it before other threads use the
 * library.
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

/** Log the levels up to and including @p max to @p sink. NULL turns logging off (the default). */
void ef_log_set_sink(ef_log_fn *sink, void *user, enum ef_log_level max);

/** Return whether the sink receives this level. Use it before computing costly arguments. */
bool ef_log_enabled(enum ef_log_level level);

/** Log a line; longer than 1023 bytes are cut, control characters replaced by '?'. */
void ef_log(enum ef_log_level level, const char *fmt, ...) EF_PRINTF(2, 3);

EF_API_END
#endif
