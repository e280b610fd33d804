/* SPDX-License-Identifier: MIT */
/*
 * Makes text of a device safe for a terminal. Valid UTF-8, colours and cursor
 * movement pass; other bytes, which could be noise or an attack, do not. Does
 * no I/O.
 */
#ifndef EF_MONITOR_FILTER_H
#define EF_MONITOR_FILTER_H

#include "base/bytes.h"

#define FILTER_HELD_MAX 32

struct text_filter {
	bool in_escape; /* held begins with ESC, otherwise with the head of a UTF-8 character */
	uint8_t held[FILTER_HELD_MAX]; /* an incomplete sequence or character */
	size_t held_len;
};

/* The most output that len bytes of input can become. */
#define FILTER_ROOM(len) (3 * ((len) + FILTER_HELD_MAX + 1))

void filter_feed(struct text_filter *f, const uint8_t *in, size_t len, struct ef_wr *out);
/* End or interrupt the text: replace an incomplete character by U+FFFD. */
void filter_flush(struct text_filter *f, struct ef_wr *out);

#endif
