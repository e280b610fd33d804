/* SPDX-License-Identifier: MIT */
/* Decodes SLIP as the ROM loader does. The stub's is in stub_rx.c. */
#include "sim/parts.h"

void sim_slip_start(struct sim_slip *slip, size_t limit)
{
	slip->len = 0;
	slip->limit = limit;
	slip->is_in = false;
	slip->is_escape = false;
}

static void slip_put(struct sim_slip *slip, uint8_t byte)
{
	if (slip->len < slip->limit && slip->len < sizeof(slip->buf))
		slip->buf[slip->len++] = byte;
	else
		slip->is_in = false; /* too long: the frame is dropped silently */
}

/*
 * The decoder takes any byte after an escape; it keeps unknown ones and a delimiter unchanged. A
 * frame of any length but 0 ends; the buffer keeps the bytes of older frames (ESP32's mask ROM).
 */
bool sim_slip_push(struct sim_slip *slip, uint8_t byte)
{
	if (byte == 0xc0 && !slip->is_escape) {
		bool is_frame = slip->is_in && slip->len > 0;

		slip->is_in = !is_frame;
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
