/* SPDX-License-Identifier: MIT */
/* Cuts cleaned text into lines, and lines that are longer than the buffer into pieces. */
#ifndef EF_MONITOR_LINE_H
#define EF_MONITOR_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_SIZE 4096

struct line {
	char text[LINE_SIZE]; /* with escape sequences and CR */
	size_t len;
	size_t shown;      /* this much of it is on the screen */
	uint64_t since_us; /* when the first byte came */
	bool is_new;       /* text is the beginning of the line, not a later piece */
};

/*
 * Take bytes up to the end of the line; returns how many were used. *ret_end:
 * text is a complete line, without its LF, or the buffer is full (*ret_is_cut).
 */
size_t line_feed(struct line *l, const uint8_t *data, size_t len, uint64_t now_us, bool *ret_end,
		 bool *ret_is_cut);
/* Begin the next line; after a cut, the next piece of the same line. */
void line_next(struct line *l, bool is_cut);
/*
 * Copy text without its escape sequences, and without CR at either end. ret has
 * LINE_SIZE bytes. Returns the length.
 */
size_t line_plain(const char *text, size_t len, char *ret);

#endif
