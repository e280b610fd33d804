/* SPDX-License-Identifier: MIT */
/*
 * Models the receiver of the chip's UART. It measures the rate, and loses bytes if the ROM is busy
 * and its FIFO is full. It passes whole frames to the ROM, and bytes to the stub.
 */
#include "base/util.h"
#include "sim/parts.h"
#include "sim/request.h"

static void chip_takes(struct sim *sim, uint8_t byte)
{
	struct sim_slip *slip = &sim->uart.slip;

	if (!sim_slip_push(slip, byte))
		return;
	sim->uart.is_autobaud = false;
	sim_loader_frame(sim, slip->buf, slip->len);
	slip->len = 0;
}

/*
 * If its initial rate doesn't fit, the ROM measures the rate from the 0x55 bytes of a
 * SYNC. It answers only the next SYNC.
 */
static bool autobaud(struct sim *sim, uint32_t rate)
{
	if (!sim->uart.is_autobaud || sim->mode != SIM_MODE_ROM)
		return false;
	if (sim->opts.faults.max_rate_hz && rate > sim->opts.faults.max_rate_hz)
		return false;
	if (rate != sim->uart.autobaud_rate) {
		sim->uart.autobaud_rate = rate;
		sim->uart.autobaud_count = 0;
	}
	if (++sim->uart.autobaud_count >= 40)
		sim->uart.rate = rate;
	return true;
}

static void chip_receives(struct sim *sim, const struct sim_wire_byte *b, uint8_t byte)
{
	const struct sim_faults *f = &sim->opts.faults;

	if (sim->opts.circuit == SIM_CIRCUIT_NO_TX ||
	    (sim->mode != SIM_MODE_ROM && sim->mode != SIM_MODE_STUB))
		return;
	sim->noise.rx_count++;
	if (f->every.drop && sim->noise.rx_count % f->every.drop == 0)
		return;
	if (f->every.flip && sim->noise.rx_count % f->every.flip == 0)
		byte ^= 0x10;
	if (!sim_rates_agree(sim, b->rate, sim->uart.rate)) {
		if (autobaud(sim, b->rate))
			return;
		byte = sim_garble(sim, byte);
	}
	if (sim->mode == SIM_MODE_STUB)
		sim_stub_rx_byte(sim, byte);
	else if (sim->uart.busy_until <= sim->now)
		chip_takes(sim, byte);
	else if (sim->uart.fifo_len < sizeof(sim->uart.fifo))
		sim->uart.fifo[sim->uart.fifo_len++] = byte;
}

/* The chip is idle again: a ROM reads its FIFO until a command keeps it busy. */
void sim_uart_idle(struct sim *sim)
{
	size_t i = 0;

	sim->uart.busy_until = 0;
	if (sim->mode == SIM_MODE_STUB) {
		sim_stub_rx_poll(sim);
		return;
	}
	while (i < sim->uart.fifo_len && sim->uart.busy_until <= sim->now)
		chip_takes(sim, sim->uart.fifo[i++]);
	if (i < sim->uart.fifo_len)
		memmove(sim->uart.fifo, sim->uart.fifo + i, sim->uart.fifo_len - i);
	sim->uart.fifo_len -= i < sim->uart.fifo_len ? i : sim->uart.fifo_len;
}

static void noise_to_chip(struct sim *sim, const struct sim_wire_byte *b)
{
	uint8_t out[2];
	unsigned n = sim_noisy(sim, b, out);

	for (unsigned i = 0; i < n; i++)
		chip_receives(sim, b, out[i]);
}

/*
 * TX and RX are one wire, so every byte reaches both ends, including its sender. The side that
 * sends a low level pulls the wire down against the other's high level, because the lower
 * transistor of such an output is the stronger one.
 */
static void arrive_joined(struct sim *sim)
{
	struct sim_wire *wires[] = { &sim->uart.to_host, &sim->uart.to_chip };
	struct sim_wire_byte b;

	for (size_t i = 0; i < EF_ARRAY_LEN(wires); i++) {
		while (sim_wire_pop(wires[i], sim->now, &b)) {
			b.byte = sim_wire_mix(wires[!i], &b);
			sim_host_receive(sim, &b);
			noise_to_chip(sim, &b);
		}
	}
}

void sim_uart_arrive(struct sim *sim)
{
	struct sim_wire_byte b;

	if (sim->opts.bridge.joins_data && sim->opts.circuit != SIM_CIRCUIT_ECHO) {
		arrive_joined(sim);
		return;
	}
	while (sim_wire_pop(&sim->uart.to_host, sim->now, &b))
		sim_host_receive(sim, &b);
	while (sim_wire_pop(&sim->uart.to_chip, sim->now, &b)) {
		if (sim->opts.circuit == SIM_CIRCUIT_ECHO)
			sim_host_put(sim, b.byte);
		else
			noise_to_chip(sim, &b);
	}
}
