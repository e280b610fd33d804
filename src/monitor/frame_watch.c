/* SPDX-License-Identifier: MIT */
/* Knows how esp-println frames defmt: FF 00 <frame> 00, anything else is text. */
#include "monitor/frame_watch.h"

/* A frame is FF 00, some bytes that are not 0, 00. Three of them nearby are no accident. */
#define FRAME_MAX   128u
#define FRAMES_NEAR 1024u

static bool is_third_frame(struct frame_watch *w)
{
	bool is_near = w->count >= 2 && w->at - w->seen[0] <= FRAMES_NEAR;

	w->seen[0] = w->seen[1];
	w->seen[1] = w->at;
	w->count += w->count < 2;
	return is_near;
}

bool looks_like_defmt(struct frame_watch *w, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && !w->is_told; i++, w->at++) {
		bool is_end = w->in_frame && data[i] == 0 && w->len > 0;

		if (w->in_frame && data[i] != 0 && ++w->len > FRAME_MAX)
			w->in_frame = false;
		if (is_end) {
			w->in_frame = false;
			w->is_told = is_third_frame(w);
		} else if (w->after_ff && data[i] == 0 && !w->in_frame) {
			w->in_frame = true;
			w->len = 0;
		}
		w->after_ff = data[i] == 0xff;
		if (w->is_told)
			return true;
	}
	return false;
}
