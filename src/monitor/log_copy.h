/* SPDX-License-Identifier: MIT */
/* Copies the chip's output into a log file: as lines of text, or byte by byte. */
#ifndef EF_MONITOR_LOG_COPY_H
#define EF_MONITOR_LOG_COPY_H

#include <espflash/monitor.h>

#define COPY_SIZE 16384u

struct log_copy {
	struct ef_monitor_log opts;
	size_t len; /* bytes that wait in data */
	uint8_t data[COPY_SIZE];
	struct ef_err err; /* the first error; nothing is written after it */
};

/* Add bytes that the chip sent; ignored if the copy is text. */
void log_copy_raw(struct log_copy *c, const void *data, size_t len);
/* Add cleaned text; ignored if the copy is raw. */
void log_copy_text(struct log_copy *c, const char *text, size_t len);
void log_copy_line(struct log_copy *c, const char *text);
/* Write the pending text. Errors: IO, also if an earlier call of a function above failed. */
bool log_copy_flush(struct log_copy *c, struct ef_err *err) EF_MUST_CHECK;

#endif
