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
	uint64_t counted; /* bytes on the wire that stand in the table */
	bool is_cleared;  /* faults are no rarer at slower rates: go back to the fastest */
	bool was_wrong;   /* ... but there they were denser: this is not concluded again */
};

/* A fault came at rate_hz that the line may have caused. */
void blame_fault(struct ef_blame *b, const struct ef_rom *rom, uint32_t rate_hz);
/* The work was at rate_hz until now. */
void blame_count(struct ef_blame *b, const struct ef_rom *rom, uint32_t rate_hz);
/* Return whether rate_hz is no better than faster rates were, so that the rate is not to blame. */
bool blame_is_cleared(struct ef_blame *b, uint32_t rate_hz);

#endif
