/* SPDX-License-Identifier: MIT */
/*
 * Moves bytes from the chip to the host: sends, records all printed text, and has the buffer of the
 * host's serial port.
 */
#include "sim/parts.h"

/*
 * A bridge passes on the chip's output when a USB packet is full, or when its latency timer ends
 * (FTDI AN232B-04: 62 bytes beside two of status; 16 ms unless the driver sets another).
 */
#define BRIDGE_PACKET 62u

void sim_uart_send(struct sim *sim, uint64_t at, const void *data, size_t len, bool is_text)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		if (!sim_wire_push(sim, &sim->uart.to_host, at, sim->uart.rate, p[i], is_text))
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
	if (sim->boot.console_len + 1 >= SIM_CONSOLE_MAX) {
		memmove(sim->boot.console, sim->boot.console + SIM_CONSOLE_MAX / 2,
			sim->boot.console_len - SIM_CONSOLE_MAX / 2);
		sim->boot.console_len -= SIM_CONSOLE_MAX / 2;
	}
	sim->boot.console[sim->boot.console_len++] = (char)byte;
	sim->boot.console[sim->boot.console_len] = '\0';
}

void sim_host_put(struct sim *sim, uint8_t byte)
{
	struct sim_host *h = &sim->host;

	if (h->len + h->held == SIM_HOST_RX)
		return;
	if (h->held == 0)
		h->release_at = sim->now + sim->opts.bridge.latency_us;
	h->rx[(h->head + h->len + h->held++) % SIM_HOST_RX] = byte;
	if (!sim->opts.bridge.latency_us || h->held == BRIDGE_PACKET)
		sim_host_release(sim);
}

void sim_host_release(struct sim *sim)
{
	sim->host.len += sim->host.held;
	sim->host.held = 0;
	sim->host.release_at = SIM_NEVER;
}

bool sim_bridge_can(const struct sim *sim, uint32_t rate_hz)
{
	return !sim->opts.bridge.max_rate_hz || rate_hz <= sim->opts.bridge.max_rate_hz;
}

void sim_host_receive(struct sim *sim, const struct sim_wire_byte *b)
{
	uint8_t out[2];
	unsigned n;

	if (b->is_text)
		to_console(sim, b->byte);
	if (sim->opts.circuit == SIM_CIRCUIT_NO_RX || sim->cable.is_unplugged ||
	    !sim_usb_is_there(sim))
		return;
	n = sim_noisy(sim, b, out);
	for (unsigned i = 0; i < n; i++)
		sim_host_put(sim, sim_rates_agree(sim, b->rate, sim->host.rate)
					  ? out[i]
					  : sim_garble(sim, out[i]));
}

size_t sim_uart_take(struct sim *sim, uint8_t *buf, size_t cap)
{
	size_t n = 0;

	while (n < cap && sim->host.len) {
		buf[n++] = sim->host.rx[sim->host.head];
		sim->host.head = (sim->host.head + 1) % SIM_HOST_RX;
		sim->host.len--;
	}
	return n;
}

void sim_uart_forget(struct sim *sim)
{
	sim->host.head = 0;
	sim->host.len = sim->host.held = 0;
	sim->host.release_at = SIM_NEVER;
}

void sim_uart_from_host(struct sim *sim, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!sim_wire_push(sim, &sim->uart.to_chip, sim->now, sim->host.rate, data[i],
				   false))
			return;
}

void sim_uart_cut(struct sim *sim)
{
	sim_uart_forget(sim);
	/* not sim_wire_cut(): bytes that are due now are lost, too */
	sim->uart.to_chip.head = sim->uart.to_chip.len = 0;
	sim->uart.to_host.head = sim->uart.to_host.len = 0;
	sim->uart.fifo_len = 0;
	sim_slip_start(&sim->uart.slip, sim->uart.slip.limit);
	sim_frames_start(sim);
}
