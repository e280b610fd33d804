/* SPDX-License-Identifier: MIT */
/* Notices defmt in a log that is taken for plain text. */
#ifndef EF_MONITOR_FRAME_WATCH_H
#define EF_MONITOR_FRAME_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_watch {
	uint32_t at;      /* bytes so far, wraps */
	uint32_t seen[2]; /* where the last two frames ended */
	unsigned count;   /* frames so far, 2 at most */
	uint32_t len;     /* bytes of the current frame so far */
	bool after_ff, in_frame, is_told;
};

/* Feed bytes of the log. True, once: there are frames of defmt in it. */
bool looks_like_defmt(struct frame_watch *w, const uint8_t *data, size_t len);

#endif
