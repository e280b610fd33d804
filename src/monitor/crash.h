/* SPDX-License-Identifier: MIT */
/* Lines that tell of a crash or a reset. Pure functions. */
#ifndef EF_MONITOR_CRASH_H
#define EF_MONITOR_CRASH_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a line is the first one that a crash prints. */
bool is_panic(const char *line);
/* Whether a line is the last one that a crash prints, or comes after it. */
bool is_panic_end(const char *line);
/* Copy the reason out of "rst:0x1 (POWERON),boot:0x8 (...)". False: not such a line. */
bool reset_reason(const char *line, char *ret, size_t cap);
/* What went wrong, for a reset with this reason. NULL: nothing, or a tool asked for the reset. */
const char *reset_crash(const char *reason);
/* Whether the reason of a reset is that the chip woke from deep sleep. */
bool is_wake_up(const char *reason);

#endif
