/* SPDX-License-Identifier: MIT */
/*
 * Models the two frame buffers of Espressif's stub and its SLIP decoder (esp-flasher-stub v1.1.0,
 * src/slip.c and frame_buffer.c). When a frame ends, the decoder has no buffer until the main loop
 * has polled, and drops all that arrives, delimiters included.
 */
#include "sim/parts.h"

void sim_frames_start(struct sim *sim)
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

void sim_frames_take(struct sim_stub_rx *rx, uint8_t byte)
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

/* Like frame_buffer_get_state and frame_buffer_acquire, take the older frame first. */
bool sim_frames_poll(struct sim_stub_rx *rx)
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

void sim_frames_release(struct sim_stub_rx *rx)
{
	rx->frame[rx->handled].state = SIM_FRAME_FREE;
	rx->is_busy = false;
}
