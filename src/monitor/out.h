/* SPDX-License-Identifier: MIT */
/*
 * The last stage of the monitor's output is a ring of fixed size between the monitor and a reader
 * that may be slow. Adding to it never waits. The loop writes from it, and feeds the stages before
 * it only while out_is_ready().
 *
 * The room in the ring is divided so that the chip's text always fits: a piece
 * of input begins at OUT_READY or more, its text needs at most OUT_TEXT, and
 * explanations and echo leave OUT_TEXT and OUT_SPARE alone.
 */
#ifndef EF_MONITOR_OUT_H
#define EF_MONITOR_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

#define OUT_SIZE  (1024u * 1024u)
#define OUT_READY (OUT_SIZE / 2) /* room at which the next piece of input is taken */
/* enough for a defmt message of 4 KiB that consists of newlines only */
#define OUT_TEXT  (256u * 1024u)
#define OUT_SPARE (64u * 1024u) /* line ends, resets of colours, the last line */

struct out {
	int fd;           /* -1: everything is dropped */
	int own_fd;       /* the terminal, opened a second time; -1: not open */
	bool is_gone;     /* the reader has left */
	size_t piece;     /* bytes that a writable fd accepts without blocking */
	uint8_t *data;    /* OUT_SIZE bytes */
	size_t head, len; /* position of the oldest byte, and how many wait */
};

/* Errors: IO. */
bool out_open(struct out *o, int fd, struct ef_err *err) EF_MUST_CHECK;
/* Accepts one that was never opened. */
void out_close(struct out *o);
size_t out_room(const struct out *o);
/* Return whether there is room for the output of one piece of the chip's text. */
bool out_is_ready(const struct out *o);
/* Append; text for which there is no room is dropped as a whole. */
void out_add(struct out *o, const void *data, size_t len);
/* Write what the reader takes without waiting; notice a reader that left. Errors: IO. */
bool out_flush(struct out *o, struct ef_err *err) EF_MUST_CHECK;
/* Wait up to ms milliseconds for the reader, then write as out_flush. Errors: IO. */
bool out_wait(struct out *o, int ms, struct ef_err *err) EF_MUST_CHECK;

#endif
