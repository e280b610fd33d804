/* SPDX-License-Identifier: MIT */
/* What writing costs, to weigh it against questions; private to src/flasher. */
#ifndef EF_FLASHER_DIFF_COST_H
#define EF_FLASHER_DIFF_COST_H

#include "flasher/flasher_priv.h"

/* A flash chip erases so many sectors, 64 KiB, much faster at once than one by one. */
#define DIFF_BLOCK 16u

/* Estimates of microseconds. */
struct diff_cost {
	/*
	 * A sector that is erased alone, and one of a block that is erased at once. The first
	 * sectors of a run take more, because nothing goes on beside them.
	 */
	uint64_t sector_us, sector_more_us;
	uint64_t block_us, block_more_us;
};

/* Set the costs at the session's rate, with its loader, of content that shrinks to this part. */
void diff_cost_find(struct diff_cost *ret, const struct ef_flasher *f, unsigned packed_percent);
/* Return what the exchanges of a run take, if a round trip takes so long. */
uint64_t diff_cost_exchanges_us(uint64_t trip_us);
/* Return how many of a run's sectors take more. */
uint32_t diff_cost_first(uint32_t sectors);
/* Return the cost of a run of sectors that are erased one by one, and of a run of a whole block. */
uint64_t diff_cost_run_us(const struct diff_cost *c, uint32_t sectors, uint64_t trip_us);
uint64_t diff_cost_block_us(const struct diff_cost *c, uint64_t trip_us);
/*
 * Return what it takes to find out which of these sectors differ, and to write only those, if so
 * many of 1000 are the same.
 */
uint64_t diff_cost_parts_us(const struct diff_cost *c, uint32_t sectors, uint32_t same_permille,
			    uint64_t trip_us);
/* Return what a chip takes to program so many sectors, and to erase them one by one. */
uint64_t diff_cost_program_us(uint32_t sectors);
uint64_t diff_cost_erase_us(uint32_t sectors);

#endif
