/* SPDX-License-Identifier: MIT */
/* One direction of a serial wire. All times are in ns. */
#ifndef BENCH_ROM_LANE_H
#define BENCH_ROM_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MS    1000000u
#define NEVER UINT64_MAX
#define QUEUE 4096u /* as much as a serial driver takes from its user */

struct lane {
	struct {
		uint8_t byte;
		uint32_t rate;
	} v[QUEUE];
	size_t head, len;
	uint64_t end; /* when the first byte arrives; of an empty queue, when the last one did */
};

/* Put a byte on the wire. The queue must have room. */
void lane_push(struct lane *l, uint8_t byte, uint32_t rate, uint64_t now);

/* Take the first byte. It has arrived at l->end, which is then that of the next one. */
uint8_t lane_pop(struct lane *l);

/* Return when this many bytes more, or all of them, have arrived; NEVER for an empty queue. */
uint64_t lane_end(const struct lane *l, size_t count);

/* Return whether rates differ by 3 % at most: a UART samples the last of ten bits in its middle. */
bool lane_rates_agree(uint32_t a, uint32_t b);

/* Return the result of sampling a byte at a wrong rate. */
uint8_t lane_noise(uint8_t byte);

#endif
