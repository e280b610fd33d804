/* SPDX-License-Identifier: MIT */
/* SLIP frames as the chip's two loaders decode them. */
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
