/* SPDX-License-Identifier: MIT */
/* The chip's bytes are text, or text with frames of defmt in it. */
#ifndef EF_MONITOR_DEMUX_H
#define EF_MONITOR_DEMUX_H

#include "monitor/frame_watch.h"
#include "monitor/show.h"

struct demux {
	struct show *show;
	struct report *report;
	struct ef_defmt *defmt; /* NULL: plain text */
	const struct ef_defmt_format *format;
	struct frame_watch frames; /* detects defmt frames although no decoder is set up */
	uint64_t at_us;            /* when the current bytes arrived */
};

/*
 * Bytes that one call of demux_feed should get, so that what they become fits
 * OUT_TEXT: a frame of 4 bytes can be a message of 4 KiB.
 */
size_t demux_piece(const struct demux *d);
void demux_feed(struct demux *d, const uint8_t *data, size_t len, uint64_t at_us);
/* The chip is silent: what looked like the beginning of a frame is text. */
void demux_flush(struct demux *d, uint64_t at_us);

#endif
