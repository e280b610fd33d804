/* SPDX-License-Identifier: MIT */
/* What writing costs, to weigh it against questions; private to src/flasher. */
#ifndef EF_FLASHER_DIFF_COST_H
#define EF_FLASHER_DIFF_COST_H

#include "flasher/flasher_priv.h"

/* A flash chip erases so many sectors, 64 KiB, much faster at once than one by one. */
#define DIFF_BLOCK 16u

/* Estimates of microseconds. */
struct diff_cost {
	uint64_t block_us;  /* a sector of a block that is erased at once */
	uint64_t sector_us; /* a sector that is erased alone */
	uint64_t run_us;    /* what a run of sectors takes beside that, without its exchanges */
};

/* Set the costs of the session's rate and loader. */
void diff_cost_find(struct diff_cost *ret, const struct ef_flasher *f);
/* Return what the exchanges of a run take, if a round trip takes so long. */
uint64_t diff_cost_exchanges_us(uint64_t trip_us);
/* Return the cost of a run. */
uint64_t diff_cost_run_us(const struct diff_cost *c, uint64_t trip_us);
/*
 * Return what it takes to find out which of these sectors differ, and to write only those, if so
 * many of 1000 are the same.
 */
uint64_t diff_cost_parts_us(const struct diff_cost *c, uint32_t sectors, uint32_t same_permille,
			    uint64_t trip_us);
/* Return what a chip takes to program so many sectors. */
uint64_t diff_cost_program_us(uint32_t sectors);

#endif
