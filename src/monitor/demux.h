/* SPDX-License-Identifier: MIT */
/* Separates the chip's bytes into text and defmt frames. */
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
 * Bytes that one call of demux_feed should get, so that the resulting text fits OUT_TEXT: a frame
 * of 4 bytes can be a message of 4 KiB.
 */
size_t demux_piece(const struct demux *d);
void demux_feed(struct demux *d, const uint8_t *data, size_t len, uint64_t at_us);
/* Note that the chip is silent: bytes that looked like the beginning of a frame are text. */
void demux_flush(struct demux *d, uint64_t at_us);

#endif
