/* SPDX-License-Identifier: MIT */
/*
 * Text of a device on its way to a terminal: whole UTF-8 characters, colours
 * and cursor movement pass; what noise or a hostile device could do to the
 * terminal does not. Pure: bytes in, bytes out, state between calls.
 */
#ifndef EF_MONITOR_FILTER_H
#define EF_MONITOR_FILTER_H

#include "base/bytes.h"

#define FILTER_HELD_MAX 32

struct text_filter {
	bool is_crlf; /* LF becomes CR LF: the terminal is raw */
	bool after_cr;
	bool in_escape; /* held begins with ESC; else with the head of a UTF-8 character */
	uint8_t held[FILTER_HELD_MAX];
	size_t held_len;
};

/* Room that a call may need for len bytes. */
#define FILTER_ROOM(len) (3 * ((len) + FILTER_HELD_MAX + 1))

void filter_feed(struct text_filter *f, const uint8_t *in, size_t len, struct ef_wr *out);
/* What was held back, at the end or before other text: U+FFFD for a half character. */
void filter_flush(struct text_filter *f, struct ef_wr *out);

#endif
