/* SPDX-License-Identifier: MIT */
/*
 * How Espressif's stub receives (esp-flasher-stub v1.1.0, src/transport.c, slip.c and
 * frame_buffer.c). An interrupt moves bytes from the FIFO into one of two frame buffers. When a
 * frame ends there, the decoder has no buffer until the main loop has polled, and drops all that
 * arrives, delimiters included. The main loop polls only between two commands. So of two frames
 * without a pause between them the second is lost, or its end is taken for a start.
 */
#include "sim/parts.h"
#include "sim/request.h"

void sim_stub_rx_start(struct sim *sim)
{
	struct sim_stub_rx *rx = &sim->uart.stub_rx;

	rx->frame[0].state = rx->frame[1].state = SIM_FRAME_FREE;
	rx->frame[0].len = rx->frame[1].len = 0;
	rx->filled = rx->handled = 0;
	rx->is_armed = true;
	rx->is_in = rx->is_escape = rx->is_busy = false;
	rx->interrupt_at = SIM_NEVER;
}

/* ---- the interrupt ---- */

static void end_frame(struct sim_stub_rx *rx, enum sim_frame_state state)
{
	rx->frame[rx->filled].state = state;
	rx->is_armed = rx->is_in = rx->is_escape = false;
}

static void put(struct sim_stub_rx *rx, uint8_t byte)
{
	struct sim_frame *f = &rx->frame[rx->filled];

	if (f->len < sizeof(f->data))
		f->data[f->len++] = byte;
	else
		end_frame(rx, SIM_FRAME_ERROR);
}

static void take(struct sim_stub_rx *rx, uint8_t byte)
{
	struct sim_frame *f = &rx->frame[rx->filled];

	if (!rx->is_in) {
		rx->lost += !rx->is_armed;
		rx->is_in = rx->is_armed && byte == 0xc0;
		f->len = rx->is_in ? 0 : f->len;
	} else if (rx->is_escape) {
		rx->is_escape = false;
		if (byte == 0xdc || byte == 0xdd)
			put(rx, byte == 0xdc ? 0xc0 : 0xdb);
		else
			end_frame(rx, SIM_FRAME_ERROR);
	} else if (byte == 0xdb) {
		rx->is_escape = true;
	} else if (byte != 0xc0) {
		put(rx, byte);
	} else if (f->len) {
		end_frame(rx, SIM_FRAME_COMPLETE);
	} else {
		rx->is_in = false; /* an empty frame: the buffer stays */
	}
}

/* ---- the main loop ---- */

/* As frame_buffer_get_state and frame_buffer_acquire: the older frame first. */
static bool poll(struct sim_stub_rx *rx)
{
	unsigned other = 1 - rx->filled;

	if (rx->frame[other].state == SIM_FRAME_FREE &&
	    rx->frame[rx->filled].state == SIM_FRAME_FREE)
		return false;
	rx->handled = rx->frame[other].state != SIM_FRAME_FREE ? other : rx->filled;
	if (rx->frame[rx->filled].state != SIM_FRAME_FREE) {
		rx->is_armed = rx->frame[other].state == SIM_FRAME_FREE;
		rx->filled = rx->is_armed ? other : rx->filled;
	}
	return true;
}

static void release(struct sim_stub_rx *rx)
{
	rx->frame[rx->handled].state = SIM_FRAME_FREE;
	rx->is_busy = false;
}

void sim_stub_rx_poll(struct sim *sim)
{
	struct sim_stub_rx *rx = &sim->uart.stub_rx;

	if (sim->uart.busy_until > sim->now)
		return;
	if (rx->is_busy)
		release(rx);
	while (sim->mode == SIM_MODE_STUB && poll(rx)) {
		const struct sim_frame *f = &rx->frame[rx->handled];

		if (f->state == SIM_FRAME_COMPLETE)
			sim_loader_frame(sim, f->data, f->len);
		rx->is_busy = sim->uart.busy_until > sim->now;
		if (rx->is_busy)
			return;
		release(rx);
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
		take(rx, sim->uart.fifo[i]);
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
