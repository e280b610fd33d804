/* SPDX-License-Identifier: MIT */
/*
 * Models when Espressif's stub receives (esp-flasher-stub v1.1.0, src/transport.c). An interrupt
 * moves bytes from the FIFO into a frame buffer (stub_frames.c). The main loop polls the buffers,
 * and only between two commands. So if two frames come without a pause, the second one is lost, or
 * its end is taken for a start.
 */
#include "sim/parts.h"
#include "sim/request.h"

void sim_stub_rx_poll(struct sim *sim)
{
	struct sim_stub_rx *rx = &sim->uart.stub_rx;

	if (sim->uart.busy_until > sim->now)
		return;
	if (rx->is_busy)
		sim_frames_release(rx);
	while (sim->mode == SIM_MODE_STUB && sim_frames_poll(rx)) {
		const struct sim_frame *f = &rx->frame[rx->handled];

		if (f->state == SIM_FRAME_COMPLETE)
			sim_loader_frame(sim, f->data, f->len);
		rx->is_busy = sim->uart.busy_until > sim->now;
		if (rx->is_busy)
			return;
		sim_frames_release(rx);
	}
}

/* transport.c: at 32 bytes, or after a pause of 10 bits, about one byte. */
#define FIFO_THRESHOLD 32u
#define PAUSE_BITS     10u

void sim_stub_rx_interrupt(struct sim *sim)
{
	struct sim_stub_rx *rx = &sim->uart.stub_rx;

	rx->interrupt_at = SIM_NEVER;
	if (sim->mode != SIM_MODE_STUB) /* the chip was reset meanwhile */
		return;
	for (size_t i = 0; i < sim->uart.fifo_len; i++)
		sim_frames_take(rx, sim->uart.fifo[i]);
	sim->uart.fifo_len = 0;
	sim_stub_rx_poll(sim);
}

void sim_stub_rx_byte(struct sim *sim, uint8_t byte)
{
	uint32_t rate = sim->uart.rate ? sim->uart.rate : SIM_ROM_RATE;

	sim->uart.fifo[sim->uart.fifo_len++] = byte;
	sim->uart.stub_rx.interrupt_at = sim->now;
	if (sim->uart.fifo_len >= FIFO_THRESHOLD)
		sim_stub_rx_interrupt(sim);
	else if (sim->opts.is_paced && !sim_usb_is_used(sim))
		sim->uart.stub_rx.interrupt_at += PAUSE_BITS * 1000000u / rate + 1;
}
