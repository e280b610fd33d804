/* SPDX-License-Identifier: MIT */
/*
 * Knows how frames lie in a byte stream, and how to find the next one after noise. A decoder that
 * takes every second C0 for an end is lost for good once noise contains a single C0; here rom.c
 * reports that a frame was not a reply, and the C0 that ended it becomes a start.
 */
#include "rom/slip.h"

#include <string.h>

void ef_slip_init(struct ef_slip *s, uint8_t *buf, size_t cap)
{
	*s = (struct ef_slip){ .buf = buf, .cap = cap };
}

void ef_slip_reopen(struct ef_slip *s)
{
	s->state = EF_SLIP_INSIDE;
}

static void store(struct ef_slip *s, uint8_t byte)
{
	if (s->len < s->cap) {
		s->buf[s->len++] = byte;
		s->state = EF_SLIP_INSIDE;
	} else {
		s->state = EF_SLIP_SKIP;
	}
}

/* Handle a C0 inside a frame, while skipping, or after an escape. */
static enum ef_slip_event end_frame(struct ef_slip *s)
{
	bool is_whole = s->state == EF_SLIP_INSIDE;

	if (is_whole && s->len == 0)
		return EF_SLIP_MORE;
	s->is_ended = true;
	s->state = is_whole ? EF_SLIP_OUTSIDE : EF_SLIP_INSIDE;
	return is_whole ? EF_SLIP_FRAME : EF_SLIP_DROPPED;
}

static void take_inside(struct ef_slip *s, uint8_t byte)
{
	if (s->state == EF_SLIP_INSIDE) {
		if (byte == EF_SLIP_ESC)
			s->state = EF_SLIP_ESCAPE;
		else
			store(s, byte);
	} else if (s->state == EF_SLIP_ESCAPE) {
		if (byte == EF_SLIP_ESC_END)
			store(s, EF_SLIP_END);
		else if (byte == EF_SLIP_ESC_ESC)
			store(s, EF_SLIP_ESC);
		else
			s->state = EF_SLIP_SKIP;
	}
}

size_t ef_slip_push(struct ef_slip *s, const uint8_t *in, size_t len, enum ef_slip_event *ret)
{
	size_t i = 0;

	if (s->is_ended) {
		s->is_ended = false;
		s->len = 0;
	}
	if (s->state == EF_SLIP_OUTSIDE && len) {
		const uint8_t *end = memchr(in, EF_SLIP_END, len);

		i = end ? (size_t)(end - in) : len;
		if (i) {
			*ret = EF_SLIP_NOISE;
			return i;
		}
		s->state = EF_SLIP_INSIDE;
		i = 1;
	}
	for (; i < len; i++) {
		if (in[i] == EF_SLIP_END) {
			*ret = end_frame(s);
			if (*ret != EF_SLIP_MORE)
				return i + 1;
		} else {
			take_inside(s, in[i]);
		}
	}
	*ret = EF_SLIP_MORE;
	return len;
}

static void put_raw(struct ef_slip_out *out, uint8_t byte)
{
	if (out->len < out->cap)
		out->p[out->len++] = byte;
	else
		out->bad = true;
}

void ef_slip_put_end(struct ef_slip_out *out)
{
	put_raw(out, EF_SLIP_END);
}

static void put_byte(struct ef_slip_out *out, uint8_t byte)
{
	if (byte == EF_SLIP_END) {
		put_raw(out, EF_SLIP_ESC);
		put_raw(out, EF_SLIP_ESC_END);
	} else if (byte == EF_SLIP_ESC) {
		put_raw(out, EF_SLIP_ESC);
		put_raw(out, EF_SLIP_ESC_ESC);
	} else {
		put_raw(out, byte);
	}
}

void ef_slip_put(struct ef_slip_out *out, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_byte(out, data[i]);
}

void ef_slip_put_fill(struct ef_slip_out *out, uint8_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_byte(out, value);
}
