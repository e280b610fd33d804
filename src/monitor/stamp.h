/* SPDX-License-Identifier: MIT */
/* Writes the time before a line, as the user wants it. */
#ifndef EF_MONITOR_STAMP_H
#define EF_MONITOR_STAMP_H

#include "monitor/run_clock.h"
#include <espflash/monitor.h>

#define STAMP_SIZE 64

struct stamp {
	const struct run_clock *clock;
	enum ef_stamp kind;
	uint64_t (*wall_us)(void); /* NULL: the system's clock */
	uint64_t before_us;        /* when the line before began; 0: there was none */
};

/* Write the time of a line that began at since_us, with a space at its end, or "". */
void stamp_write(const struct stamp *s, uint64_t since_us, char ret[STAMP_SIZE]);

#endif
