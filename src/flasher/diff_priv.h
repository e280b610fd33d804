/* SPDX-License-Identifier: MIT */
/* A search for sectors that differ; private to diff*.c. */
#ifndef EF_FLASHER_DIFF_PRIV_H
#define EF_FLASHER_DIFF_PRIV_H

#include "flasher/diff.h"
#include "flasher/diff_cost.h"

/* What is known about a sector, from nothing on. */
enum diff_state {
	DIFF_UNKNOWN,
	DIFF_IN_64K, /* its group of this size differs */
	DIFF_IN_16K,
	/* from here on, all is known */
	DIFF_SAME,
	DIFF_DIFFERS,
	DIFF_BLANK, /* to be erased */
	DIFF_FILL   /* the same; its block is erased at once, and written whole */
};

struct diff {
	struct ef_flasher *f;
	const struct ef_region *r;
	struct diff_cost *cost; /* of each 64 KiB block; diff_cost_at */
	uint64_t all_us;        /* what it takes to write everything */
	uint8_t *state;         /* enum diff_state of each sector */
	bool *is_sample;        /* sectors that were asked about to learn about others */
	uint32_t n;
	uint32_t head;     /* sectors of the first 64 KiB block before the region */
	bool is_fresh;     /* the region's first sector is erased, and has content */
	bool is_promising; /* samples say that looking into groups pays */
	unsigned asked, samples;
	/* time spent on requests; the shortest one is about a round trip */
	uint64_t spent_us, trip_us;
	uint64_t saved_us;
};

/* Return the offset at which the sector's content begins, or the region's end. */
uint32_t diff_end_of(const struct diff *d, uint32_t sector);
bool diff_all_are(const struct diff *d, uint32_t from, uint32_t to, enum diff_state state);
bool diff_has(const struct diff *d, uint32_t from, uint32_t to, enum diff_state state);
/* Return what writing costs in this sector's block. */
const struct diff_cost *diff_cost_at(const struct diff *d, uint32_t sector);
/* Return whether a block, all of whose sectors are given, is faster written whole than in parts. */
bool diff_fills(const struct diff *d, uint32_t from, uint32_t to);
/* What must be written. */
bool diff_make_spans(struct diff *d, struct ef_spans *ret, struct ef_err *err) EF_MUST_CHECK;

#endif
