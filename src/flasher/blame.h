/* SPDX-License-Identifier: MIT */
/* Finds out whether a slower rate helps; for recover.c and climb.c. */
#ifndef EF_FLASHER_BLAME_H
#define EF_FLASHER_BLAME_H

#include <espflash/rom.h>

#define EF_BLAME_RATES 8u /* halving 3 Mbaud seven times is slower than any rate in use */

/* Whether the rate is to blame for the faults. All zero in the beginning. */
struct ef_blame {
	struct {
		uint32_t rate_hz;
		unsigned faults;
		uint64_t bytes; /* on the wire, both ways */
	} at[EF_BLAME_RATES];
	uint64_t counted; /* bytes on the wire that stand in the table, or belong to no rate */
	uint32_t best_hz; /* the fastest rate that the faults don't speak against; 0: not known */
	uint64_t debt; /* since that is known: grows by faults and is paid off by bytes */
	uint32_t wrong_hz; /* the slowest rate of which that was wrong; 0: none */
};

/* Bytes until now belong to no rate: connecting is not the work. */
void blame_skip(struct ef_blame *b, const struct ef_rom *rom);
/* The work was at rate_hz until now. */
void blame_count(struct ef_blame *b, const struct ef_rom *rom, uint32_t rate_hz);
/* A fault came at rate_hz that the line may have caused: the nth without progress. */
void blame_fault(struct ef_blame *b, const struct ef_rom *rom, uint32_t rate_hz, unsigned nth);
/*
 * The work is at rate_hz. Return the fastest rate that is about as good as slower ones, so that it
 * is not to blame for its faults; 0: none is known.
 */
uint32_t blame_best(struct ef_blame *b, uint32_t rate_hz);
/* Return whether the faults at rate_hz are not to blame on it. */
bool blame_is_cleared(struct ef_blame *b, uint32_t rate_hz);

#endif
