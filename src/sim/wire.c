/* SPDX-License-Identifier: MIT */
/*
 * Models the two lines between host and chip: bytes take time when the board is paced, come out as
 * garbage when the ends disagree on the rate, and suffer the noise that a test asked for.
 */
#include <stdlib.h>

#include "sim/parts.h"

#define WIRE_MAX (8u << 20) /* bytes under way; far more than a board needs */

/*
 * Return the time of a byte, which takes ten bits. The fraction of a microsecond carries over to
 * the next byte.
 */
static uint64_t byte_us(struct sim_wire *wire, uint32_t rate)
{
	uint64_t bits;

	if (!rate)
		return 0;
	bits = 10000000u + wire->rest % rate;
	wire->rest = (uint32_t)(bits % rate);
	return bits / rate;
}

bool sim_wire_push(struct sim *sim, struct sim_wire *wire, uint64_t at, uint32_t rate, uint8_t byte,
		   bool is_text)
{
	if (wire->len == wire->cap) {
		size_t cap = wire->cap ? 2 * wire->cap : 1024;
		struct sim_wire_byte *v;

		if (cap > WIRE_MAX)
			return false;
		v = malloc(cap * sizeof(*v));
		if (!v) {
			sim->is_failed = true;
			return false;
		}
		for (size_t i = 0; i < wire->len; i++)
			v[i] = wire->v[(wire->head + i) % wire->cap];
		free(wire->v);
		wire->v = v;
		wire->cap = cap;
		wire->head = 0;
	}
	if (at < wire->end_us)
		at = wire->end_us;
	/* on one wire both ends hear both, so it matters which byte is there at what time */
	if ((sim->opts.is_paced || sim->opts.bridge.joins_data) && !sim_usb_is_used(sim))
		at += byte_us(wire, rate);
	wire->end_us = at;
	wire->v[(wire->head + wire->len++) % wire->cap] = (struct sim_wire_byte){
		.at = at, .rate = rate, .byte = byte, .is_text = is_text
	};
	return true;
}

static bool overlap(const struct sim_wire_byte *a, const struct sim_wire_byte *b)
{
	return a->rate && b->rate && a->at > b->at - 10000000u / b->rate &&
	       b->at > a->at - 10000000u / a->rate;
}

/* Mix in a byte that another sender puts on the same wire at the same time: a low level wins. */
uint8_t sim_wire_mix(const struct sim_wire *other, const struct sim_wire_byte *b)
{
	uint8_t ret = b->byte;

	if (overlap(&other->last, b))
		ret &= other->last.byte;
	if (other->len && overlap(&other->v[other->head], b))
		ret &= other->v[other->head].byte;
	return ret;
}

void sim_wire_cut(struct sim_wire *wire, uint64_t now)
{
	while (wire->len && wire->v[(wire->head + wire->len - 1) % wire->cap].at > now)
		wire->len--;
	wire->end_us = now;
}

bool sim_wire_pop(struct sim_wire *wire, uint64_t now, struct sim_wire_byte *ret)
{
	if (!wire->len || wire->v[wire->head].at > now)
		return false;
	*ret = wire->last = wire->v[wire->head];
	wire->head = (wire->head + 1) % wire->cap;
	wire->len--;
	return true;
}

/* A UART tolerates rates that differ by about 3.5 % (half a bit in ten, with a margin). */
bool sim_rates_agree(const struct sim *sim, uint32_t a, uint32_t b)
{
	uint64_t diff = a > b ? a - b : b - a;

	if (sim_usb_is_used(sim) || sim->host.has_no_rate)
		return true;
	if (sim->opts.faults.max_rate_hz &&
	    (a > sim->opts.faults.max_rate_hz || b > sim->opts.faults.max_rate_hz))
		return false;
	return diff * 1000 <= (uint64_t)b * 35;
}

/* Return the result of sampling at a wrong rate: deterministic, and never a frame delimiter. */
uint8_t sim_garble(struct sim *sim, uint8_t byte)
{
	uint8_t out = (uint8_t)(byte * 0x9du ^ (sim->noise.garbled++ * 0x3bu) ^ 0x81u);

	return out == 0xc0 ? 0xf0 : out;
}

static uint32_t chance(struct sim *sim)
{
	/* the generator of Numerical Recipes; its upper bits are the better ones */
	sim->noise.state = sim->noise.state * 1664525u + 1013904223u;
	return sim->noise.state >> 8;
}

/* Return how many bytes arrive for one byte sent: none, one or two. */
unsigned sim_noisy(struct sim *sim, const struct sim_wire_byte *b, uint8_t ret[2])
{
	const struct sim_faults *f = &sim->opts.faults;
	unsigned kinds = f->noise_kinds ? f->noise_kinds : 15u, kind;

	ret[0] = b->byte;
	if (f->noise_every == 0 || b->rate <= f->noise_above_hz)
		return 1;
	if (sim->noise.state == 0)
		sim->noise.state = f->noise_seed + 1;
	if (chance(sim) % f->noise_every != 0)
		return 1;
	do
		kind = 1u << chance(sim) % 4u;
	while (!(kinds & kind));
	switch (kind) {
	case SIM_NOISE_FLIP:
		ret[0] ^= (uint8_t)(1u << chance(sim) % 8u);
		return 1;
	case SIM_NOISE_LOSE:
		return 0;
	case SIM_NOISE_DOUBLE:
		ret[1] = b->byte;
		return 2;
	default:
		ret[1] = (uint8_t)chance(sim);
		return 2;
	}
}
