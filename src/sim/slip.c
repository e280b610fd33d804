/* SPDX-License-Identifier: MIT */
/* The SLIP decoders of the chip's two loaders. */
#include "sim/parts.h"

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
		slip->is_in = false; /* too long: the frame is dropped silently */
}

/*
 * The stub's decoder (slip.c of esp-flasher-stub) treats every delimiter between frames
 * as a start, ends at an empty frame, and drops a frame with a bad escape. The ROM's
 * decoder starts again if a delimiter comes too early, and accepts unknown escaped
 * bytes unchanged.
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
