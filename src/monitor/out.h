/* SPDX-License-Identifier: MIT */
/*
 * The way to the reader of the monitor: what a slow terminal does not take at
 * once waits here, so that the chip's bytes don't get lost meanwhile.
 */
#ifndef EF_MONITOR_OUT_H
#define EF_MONITOR_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <espflash/err.h>

#define OUT_SIZE (1024u * 1024u)

struct out {
	int fd;       /* -1: everything is dropped */
	int own_fd;   /* a terminal, opened once more: -1 none */
	bool is_gone; /* nobody reads any more */
	size_t piece; /* what a writable fd takes without blocking */
	uint8_t *data;
	size_t pos, len; /* what waits is [pos, len) */
};

bool out_open(struct out *o, int fd, struct ef_err *err) EF_MUST_CHECK;
/* Accepts one that was never opened. */
void out_close(struct out *o);
/* Room for this many bytes without out_wait. */
size_t out_room(const struct out *o);
/* The caller saw to it that there is room. */
void out_add(struct out *o, const void *data, size_t len);
/* Whether the reader of a pipe left, without writing anything. */
bool out_is_gone(int fd);
/* Write what goes without waiting. */
bool out_flush(struct out *o, struct ef_err *err) EF_MUST_CHECK;
/* Wait until something can be written, at most ms; then write it. */
bool out_wait(struct out *o, int ms, struct ef_err *err) EF_MUST_CHECK;

#endif
