/* SPDX-License-Identifier: MIT */
/* Notices that a chip restarts again and again. */
#ifndef EF_MONITOR_BOOT_LOOP_H
#define EF_MONITOR_BOOT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#define LOOP_MAX 32

struct boot_loop {
	uint64_t at_us[LOOP_MAX]; /* when the last resets were: a ring */
	unsigned count;           /* resets since the last loop was found */
};

/*
 * Count a reset. Returns whether this many resets (at most LOOP_MAX; 0: never) happened within
 * time_us; counting then begins again.
 */
bool boot_loop_reset(struct boot_loop *b, uint64_t now_us, unsigned resets, uint64_t time_us);

#endif
