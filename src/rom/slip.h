/* SPDX-License-Identifier: MIT */
/*
 * SLIP (RFC 1055) as the ROM loader uses it: a frame starts and ends with C0; inside, C0 is DB DC
 * and DB is DB DD. A push decoder and an encoder; no I/O, no allocation.
 */
#ifndef EF_ROM_SLIP_H
#define EF_ROM_SLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EF_SLIP_END     0xc0u
#define EF_SLIP_ESC     0xdbu
#define EF_SLIP_ESC_END 0xdcu
#define EF_SLIP_ESC_ESC 0xddu

enum ef_slip_event {
	EF_SLIP_MORE,    /* all input consumed, no frame ended */
	EF_SLIP_FRAME,   /* buf[0..len) is a frame, until the next push */
	EF_SLIP_NOISE,   /* the consumed bytes were outside any frame */
	EF_SLIP_DROPPED, /* a frame ended that was too long or wrongly escaped; buf has its start */
};

enum ef_slip_state { EF_SLIP_OUTSIDE, EF_SLIP_INSIDE, EF_SLIP_ESCAPE, EF_SLIP_SKIP };

struct ef_slip {
	uint8_t *buf; /* borrowed */
	size_t cap, len;
	enum ef_slip_state state;
	bool is_ended; /* buf holds an ended frame; cleared by the next push */
};

void ef_slip_init(struct ef_slip *s, uint8_t *buf, size_t cap);

/*
 * Take input up to the next event. Returns the number of bytes consumed, at
 * least 1 unless len is 0. Frames come without their delimiters and unescaped;
 * empty ones (C0 C0) aren't reported.
 */
size_t ef_slip_push(struct ef_slip *s, const uint8_t *in, size_t len, enum ef_slip_event *ret);

/*
 * Reject the frame that was just reported: its last C0 then counts as the start of the next one. In
 * this way the decoder gets back in step after noise that contained a C0. After EF_SLIP_DROPPED
 * this happens by itself.
 */
void ef_slip_reopen(struct ef_slip *s);

/* ---- encoder, into a fixed array ---- */

struct ef_slip_out {
	uint8_t *p;
	size_t len, cap;
	bool bad; /* did not fit */
};

/* Room that an encoded frame of len bytes never exceeds. */
#define EF_SLIP_MAX(len) (2 * (size_t)(len) + 2)

/* Write one delimiter: call before and after the content. */
void ef_slip_put_end(struct ef_slip_out *out);
void ef_slip_put(struct ef_slip_out *out, const uint8_t *data, size_t len);
void ef_slip_put_fill(struct ef_slip_out *out, uint8_t value, size_t len);

#endif
