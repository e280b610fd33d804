/* SPDX-License-Identifier: MIT */
/* One window of a range of flash that is read. */
#ifndef EF_FLASHER_READ_WINDOW_H
#define EF_FLASHER_READ_WINDOW_H

#include "flasher/read_map.h"

/* The user sees this many faults one by one; further ones are only counted. */
#define READ_FAULTS_SHOWN 3u

/* The faults and progress of reading a range. */
struct reading {
	struct ef_flasher *f;
	const char *label;
	uint32_t addr, len;
	uint32_t shown; /* content in the last progress event */
	unsigned faults;
	bool is_in_doubt; /* a request got lost, and may have become one that erases */
};

struct read_window {
	struct reading *reading;
	struct ef_flasher *f;
	uint32_t addr, len, arrived_at; /* arrived_at: where the present part begins */
	uint8_t *buf;
	uint32_t least_missing; /* in all tries since something was proved */
	bool is_counted;        /* recovery knows of a fault since the last proof */
	struct read_map map;
};

/* NULL: out of memory. */
struct read_window *read_window_new(struct reading *r);
void read_window_free(struct read_window *w);
/* Read this many bytes, READ_WINDOW at most, into buf. True: they are proved. */
bool read_window(struct read_window *w, uint32_t addr, uint32_t len,
		 struct ef_err *err) EF_MUST_CHECK;

#endif
