/* SPDX-License-Identifier: MIT */
/*
 * Lines from cleaned text. A line that is longer than the buffer is cut into
 * pieces. Pure.
 */
#ifndef EF_MONITOR_LINE_H
#define EF_MONITOR_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_SIZE 4096

struct line {
	char text[LINE_SIZE]; /* as it came, with its escape sequences and CR */
	size_t len;
	size_t shown;      /* so much is on the screen already */
	uint64_t since_us; /* when its first byte came */
	bool is_new;       /* nothing of this line was cut off before */
};

/*
 * Take bytes up to and with the end of the line. Returns how many were used;
 * *ret_end: the line is complete (without the LF), or the buffer is full
 * (*ret_is_cut).
 */
size_t line_feed(struct line *l, const uint8_t *data, size_t len, uint64_t now_us, bool *ret_end,
		 bool *ret_is_cut);
/* Begin the next one; after a cut it goes on. */
void line_next(struct line *l, bool is_cut);
/* Of the escape sequence that begins here; len: it isn't whole. */
size_t line_sequence_len(const char *text, size_t len);
/* Without escape sequences and CR at the end; ret has LINE_SIZE bytes. Returns the length. */
size_t line_plain(const char *text, size_t len, char *ret);

#endif
