/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_DIFF_H
#define EF_FLASHER_DIFF_H

#include "flasher/flasher_priv.h"

/* A stretch of a region: offsets from its start. */
struct ef_span {
	uint32_t from, to;
	bool is_blank; /* the content is 0xff: erasing is all that must be done */
};

/* The stretches of a region that must be written, ascending. */
struct ef_spans {
	struct ef_span *span; /* owned; ef_spans_release */
	size_t count;
	uint32_t sectors;  /* of the region */
	uint32_t differ;   /* sectors that differ */
	uint32_t in_doubt; /* sectors of which it is not known; they are written */
	uint32_t bytes;    /* content of the spans */
};

/* Make one span: the whole region. */
bool ef_spans_all(struct ef_spans *ret, const struct ef_region *r,
		  struct ef_err *err) EF_MUST_CHECK;
/*
 * Ask the chip for MD5s to find out which sectors of the flash differ from the region. The search
 * stops where it would cost more than it can save; sectors that are still unknown then count as
 * different. by_one: ask one question about the whole region, as on a bad line each further one may
 * fail. ret->count 0: the flash holds the region already.
 */
bool ef_diff_find(struct ef_flasher *f, const struct ef_region *r, bool by_one,
		  struct ef_spans *ret, struct ef_err *err) EF_MUST_CHECK;
void ef_spans_release(struct ef_spans *s);

#endif
