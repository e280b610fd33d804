/* SPDX-License-Identifier: MIT */
/* Paces the bytes of one direction: each takes ten bits at its sender's rate. */
#include "lane.h"

static uint64_t byte_ns(uint32_t rate)
{
	return (10ull * 1000 * MS + rate / 2) / rate;
}

void lane_push(struct lane *l, uint8_t byte, uint32_t rate, uint64_t now)
{
	size_t i = (l->head + l->len) % QUEUE;

	if (l->len++ == 0)
		l->end = (l->end > now ? l->end : now) + byte_ns(rate);
	l->v[i].byte = byte;
	l->v[i].rate = rate;
}

uint8_t lane_pop(struct lane *l)
{
	uint8_t ret = l->v[l->head].byte;

	l->head = (l->head + 1) % QUEUE;
	if (--l->len)
		l->end += byte_ns(l->v[l->head].rate);
	return ret;
}

uint64_t lane_end(const struct lane *l, size_t count)
{
	if (!l->len)
		return NEVER;
	count = count < l->len ? count : l->len;
	return l->end + (count - 1) * byte_ns(l->v[l->head].rate);
}

bool lane_rates_agree(uint32_t a, uint32_t b)
{
	uint32_t diff = a > b ? a - b : b - a;

	return (uint64_t)diff * 100 <= (uint64_t)b * 3;
}

uint8_t lane_noise(uint8_t byte)
{
	static uint32_t state = 1;

	state = state * 1664525u + 1013904223u;
	return (uint8_t)(state >> 30 ? state >> 24 ^ byte : 0);
}
