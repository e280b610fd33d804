/* SPDX-License-Identifier: MIT */
/* Knows how many resets in which time are a boot loop. */
#include "monitor/boot_loop.h"

bool boot_loop_reset(struct boot_loop *b, uint64_t now_us, unsigned resets, uint64_t time_us)
{
	if (resets == 0)
		return false;
	if (resets > LOOP_MAX)
		resets = LOOP_MAX;
	b->at_us[b->count++ % LOOP_MAX] = now_us;
	if (b->count < resets || now_us - b->at_us[(b->count - resets) % LOOP_MAX] > time_us)
		return false;
	b->count = 0;
	return true;
}
