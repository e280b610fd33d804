/* SPDX-License-Identifier: MIT */
/*
 * The wire between host and chip, both ways: bytes take time when the board is
 * paced, come out as garbage when the two ends disagree on the rate, and are
 * lost when they meet a chip that is busy and a receive buffer that is full.
 */
#include <stdlib.h>

#include "sim/sim_priv.h"

#define WIRE_MAX (8u << 20) /* bytes under way; a board never needs as much */

static uint64_t byte_us(uint32_t rate)
{
	return rate ? (10000000u + rate - 1) / rate : 0;
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
	if (sim->opts.is_paced && !sim_circuit_is_usb(sim))
		at += byte_us(rate);
	wire->end_us = at;
	wire->v[(wire->head + wire->len++) % wire->cap] = (struct sim_wire_byte){
		.at = at, .rate = rate, .byte = byte, .is_text = is_text
	};
	return true;
}

void sim_wire_cut(struct sim_wire *wire, uint64_t now)
{
	while (wire->len && wire->v[(wire->head + wire->len - 1) % wire->cap].at > now)
		wire->len--;
	wire->end_us = now;
}

static bool wire_pop(struct sim_wire *wire, uint64_t now, struct sim_wire_byte *ret)
{
	if (!wire->len || wire->v[wire->head].at > now)
		return false;
	*ret = wire->v[wire->head];
	wire->head = (wire->head + 1) % wire->cap;
	wire->len--;
	return true;
}

/* A UART samples rightly up to some 3.5 % of disagreement (half a bit in ten, shared). */
static bool rates_agree(const struct sim *sim, uint32_t a, uint32_t b)
{
	uint64_t diff = a > b ? a - b : b - a;

	if (sim_circuit_is_usb(sim) || sim->has_no_rate)
		return true;
	if (sim->opts.faults.max_rate_hz &&
	    (a > sim->opts.faults.max_rate_hz || b > sim->opts.faults.max_rate_hz))
		return false;
	return diff * 1000 <= (uint64_t)b * 35;
}

/* What a wrongly sampled byte looks like: fixed, and never a frame delimiter. */
static uint8_t garble(struct sim *sim, uint8_t byte)
{
	uint8_t out = (uint8_t)(byte * 0x9du ^ (sim->noise++ * 0x3bu) ^ 0x81u);

	return out == 0xc0 ? 0xf0 : out;
}

static uint32_t chance(struct sim *sim)
{
	/* Numerical Recipes' generator; its upper bits are the good ones */
	sim->noise_state = sim->noise_state * 1664525u + 1013904223u;
	return sim->noise_state >> 8;
}

/* What comes out of the line for one byte: none, one or two. */
static unsigned noisy(struct sim *sim, const struct sim_wire_byte *b, uint8_t ret[2])
{
	const struct sim_faults *f = &sim->opts.faults;
	unsigned kinds = f->noise_kinds ? f->noise_kinds : 15u, kind;

	ret[0] = b->byte;
	if (f->noise_every == 0 || b->rate <= f->noise_above_hz)
		return 1;
	if (sim->noise_state == 0)
		sim->noise_state = f->noise_seed + 1;
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

/* ---- SLIP, the chip's side ---- */

void sim_slip_start(struct sim_slip *slip, size_t limit, bool is_strict)
{
	slip->len = 0;
	slip->limit = limit;
	slip->is_in = false;
	slip->is_escape = false;
	slip->is_strict = is_strict;
}

static void slip_put(struct sim_slip *slip, uint8_t byte)
{
	if (slip->len < slip->limit && slip->len < sizeof(slip->buf))
		slip->buf[slip->len++] = byte;
	else
		slip->is_in = false; /* over length: the frame is forgotten without a word */
}

/*
 * The stub's decoder takes every delimiter between frames for a start and an
 * empty frame for an end, and gives a frame up at a bad escape (slip.c of
 * esp-flasher-stub). The ROM's starts anew at a delimiter that comes too soon
 * for a frame, and takes an escaped byte that it doesn't know as it is.
 */
bool sim_slip_push(struct sim_slip *slip, uint8_t byte)
{
	if (byte == 0xc0) {
		bool is_frame = slip->is_in && slip->len > (slip->is_strict ? 0 : 7);

		slip->is_in = slip->is_in ? (!slip->is_strict && !is_frame) : true;
		slip->is_escape = false;
		if (!is_frame)
			slip->len = 0;
		return is_frame;
	}
	if (!slip->is_in)
		return false;
	if (slip->is_escape) {
		slip->is_escape = false;
		if (byte == 0xdc)
			slip_put(slip, 0xc0);
		else if (byte == 0xdd)
			slip_put(slip, 0xdb);
		else if (slip->is_strict)
			slip->is_in = false;
		else
			slip_put(slip, byte);
	} else if (byte == 0xdb) {
		slip->is_escape = true;
	} else {
		slip_put(slip, byte);
	}
	if (!slip->is_in)
		slip->len = 0;
	return false;
}

/* ---- towards the chip ---- */

void sim_uart_from_host(struct sim *sim, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!sim_wire_push(sim, &sim->to_chip, sim->now, sim->host_rate, data[i], false))
			return;
}

static void chip_takes(struct sim *sim, uint8_t byte)
{
	struct sim_slip *slip = &sim->slip;

	if (!sim_slip_push(slip, byte))
		return;
	sim->is_autobaud = false;
	sim_loader_frame(sim, slip->buf, slip->len);
	slip->len = 0;
}

/*
 * The ROM measures the rate on a run of SYNC's 0x55 when the one it starts
 * with doesn't fit; that SYNC is used up, the next one is answered.
 */
static bool autobaud(struct sim *sim, uint32_t rate)
{
	if (!sim->is_autobaud || sim->mode != SIM_MODE_ROM)
		return false;
	if (sim->opts.faults.max_rate_hz && rate > sim->opts.faults.max_rate_hz)
		return false;
	if (rate != sim->autobaud_rate) {
		sim->autobaud_rate = rate;
		sim->autobaud_count = 0;
	}
	if (++sim->autobaud_count >= 40)
		sim->rate = rate;
	return true;
}

/* The receive FIFO of 128 bytes, and with a stub one whole frame buffer more. */
static size_t fifo_cap(const struct sim *sim)
{
	return sim->mode == SIM_MODE_STUB ? sizeof(sim->fifo) : 128;
}

static void chip_receives(struct sim *sim, const struct sim_wire_byte *b, uint8_t byte)
{
	const struct sim_faults *f = &sim->opts.faults;

	if (sim->opts.circuit == SIM_CIRCUIT_NO_TX ||
	    (sim->mode != SIM_MODE_ROM && sim->mode != SIM_MODE_STUB))
		return;
	sim->rx_count++;
	if (f->drop_rx_every && sim->rx_count % f->drop_rx_every == 0)
		return;
	if (f->flip_rx_every && sim->rx_count % f->flip_rx_every == 0)
		byte ^= 0x10;
	if (!rates_agree(sim, b->rate, sim->rate)) {
		if (autobaud(sim, b->rate))
			return;
		byte = garble(sim, byte);
	}
	if (sim->busy_until <= sim->now) {
		chip_takes(sim, byte);
	} else if (sim->fifo_len < fifo_cap(sim)) {
		sim->fifo[sim->fifo_len++] = byte;
	} else {
		sim->overruns++;
	}
}

/* The chip is free again: it reads what waited, until something keeps it busy. */
void sim_uart_idle(struct sim *sim)
{
	size_t i = 0;

	sim->busy_until = 0;
	while (i < sim->fifo_len && sim->busy_until <= sim->now)
		chip_takes(sim, sim->fifo[i++]);
	if (i < sim->fifo_len)
		memmove(sim->fifo, sim->fifo + i, sim->fifo_len - i);
	sim->fifo_len -= i < sim->fifo_len ? i : sim->fifo_len;
}

/* ---- towards the host ---- */

void sim_uart_send(struct sim *sim, uint64_t at, const void *data, size_t len, bool is_text)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		if (!sim_wire_push(sim, &sim->to_host, at, sim->rate, p[i], is_text))
			return;
}

void sim_uart_frame(struct sim *sim, uint64_t at, const uint8_t *data, size_t len)
{
	static const uint8_t end = 0xc0, esc_end[] = { 0xdb, 0xdc }, esc_esc[] = { 0xdb, 0xdd };

	sim_uart_send(sim, at, &end, 1, false);
	for (size_t i = 0; i < len; i++) {
		if (data[i] == 0xc0)
			sim_uart_send(sim, at, esc_end, 2, false);
		else if (data[i] == 0xdb)
			sim_uart_send(sim, at, esc_esc, 2, false);
		else
			sim_uart_send(sim, at, &data[i], 1, false);
	}
	sim_uart_send(sim, at, &end, 1, false);
}

static void to_console(struct sim *sim, uint8_t byte)
{
	if (sim->console_len + 1 >= SIM_CONSOLE_MAX) {
		memmove(sim->console, sim->console + SIM_CONSOLE_MAX / 2,
			sim->console_len - SIM_CONSOLE_MAX / 2);
		sim->console_len -= SIM_CONSOLE_MAX / 2;
	}
	sim->console[sim->console_len++] = (char)byte;
	sim->console[sim->console_len] = '\0';
}

static void to_host_buffer(struct sim *sim, uint8_t byte)
{
	if (sim->host_len < SIM_HOST_RX)
		sim->host_rx[(sim->host_head + sim->host_len++) % SIM_HOST_RX] = byte;
}

static void host_receives(struct sim *sim, const struct sim_wire_byte *b)
{
	uint8_t out[2];
	unsigned n;

	if (b->is_text)
		to_console(sim, b->byte);
	if (sim->opts.circuit == SIM_CIRCUIT_NO_RX || sim->is_unplugged || !sim_usb_is_there(sim))
		return;
	n = noisy(sim, b, out);
	for (unsigned i = 0; i < n; i++)
		to_host_buffer(sim, rates_agree(sim, b->rate, sim->host_rate)
					    ? out[i]
					    : garble(sim, out[i]));
}

static void noise_to_chip(struct sim *sim, const struct sim_wire_byte *b)
{
	uint8_t out[2];
	unsigned n = noisy(sim, b, out);

	for (unsigned i = 0; i < n; i++)
		chip_receives(sim, b, out[i]);
}

void sim_uart_arrive(struct sim *sim)
{
	struct sim_wire_byte b;

	while (wire_pop(&sim->to_host, sim->now, &b))
		host_receives(sim, &b);
	while (wire_pop(&sim->to_chip, sim->now, &b)) {
		if (sim->opts.circuit == SIM_CIRCUIT_ECHO)
			to_host_buffer(sim, b.byte);
		else
			noise_to_chip(sim, &b);
	}
}

size_t sim_uart_take(struct sim *sim, uint8_t *buf, size_t cap)
{
	size_t n = 0;

	while (n < cap && sim->host_len) {
		buf[n++] = sim->host_rx[sim->host_head];
		sim->host_head = (sim->host_head + 1) % SIM_HOST_RX;
		sim->host_len--;
	}
	return n;
}

void sim_uart_cut(struct sim *sim)
{
	sim_uart_forget(sim);
	/* not behind now: events of this moment are being worked off */
	sim->to_chip.head = sim->to_chip.len = 0;
	sim->to_host.head = sim->to_host.len = 0;
	sim->fifo_len = 0;
	sim_slip_start(&sim->slip, sim->slip.limit, sim->slip.is_strict);
}

void sim_uart_forget(struct sim *sim)
{
	sim->host_head = 0;
	sim->host_len = 0;
}
