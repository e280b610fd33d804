/* SPDX-License-Identifier: MIT */
/* Interprets the events of a console as crashes and resets. Pure functions. */
#ifndef EF_MONITOR_CRASH_H
#define EF_MONITOR_CRASH_H

#include <stdbool.h>

#include <espflash/console.h>

/* Return whether a line is the first one that a crash prints. */
bool is_panic(const struct ef_console_event *e);
/* Return whether a line is the last one that a crash prints, or comes after it. */
bool is_panic_end(const struct ef_console_event *e);

struct reset {
	char reason[EF_CONSOLE_TEXT_SIZE]; /* as the ROM names it: "POWERON" */
	/* the cause of an abnormal reset; NULL: the reset was normal, or a tool asked for it */
	const char *crash;
	bool is_wake_up; /* the chip woke from deep sleep */
};
/* Read "rst:0x1 (POWERON),boot:0x8 (...)". False: not such a line. */
bool read_reset(const struct ef_console_event *e, struct reset *ret);

#endif
