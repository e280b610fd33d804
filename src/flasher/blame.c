/* SPDX-License-Identifier: MIT */
/*
 * Finds out whether the rate is to blame for the line's faults. A bridge that can't keep up, or a
 * long cable, loses less at a slower rate. Other noise hits so many bytes at any rate; then a
 * slower one only costs time, and shorter pieces help. The bytes between two faults tell.
 */
#include "flasher/blame.h"

#include "base/util.h"

/* Before so many faults nothing is concluded, and not if only one of them came at a faster rate. */
#define FAULTS_MIN 3u
/*
 * With three faults on each side, a line that is the same at both rates seems more than four times
 * as good at one of them in 7 % of all cases.
 */
#define BETTER 4u
/*
 * Where faults are denser, recovery takes longer than the wire, and a change of the rate does not
 * pay: with 4 KiB here, the tests' fault matrix takes longer for its writes.
 */
#define GAP_MIN (8u * EF_KIB)
/* The fastest rate is bad by itself: what was concluded there was wrong. */
#define DENSE (GAP_MIN / 4)

struct score {
	uint64_t bytes;
	unsigned faults;
};

static uint64_t gap(struct score s)
{
	return s.bytes / s.faults;
}

/* Sum up what was seen at rates from least_hz to most_hz. */
static struct score sum(const struct ef_blame *b, uint32_t least_hz, uint32_t most_hz)
{
	struct score ret = { 0 };

	for (size_t i = 0; i < EF_BLAME_RATES; i++) {
		if (b->at[i].rate_hz < least_hz || b->at[i].rate_hz > most_hz)
			continue;
		ret.bytes += b->at[i].bytes;
		ret.faults += b->at[i].faults;
	}
	return ret;
}

/* Return the index of this rate. A rate that does not fit in shares the last place. */
static size_t place(struct ef_blame *b, uint32_t rate_hz)
{
	size_t i = 0;

	while (i + 1 < EF_BLAME_RATES && b->at[i].rate_hz && b->at[i].rate_hz != rate_hz)
		i++;
	b->at[i].rate_hz = rate_hz;
	return i;
}

void blame_count(struct ef_blame *b, const struct ef_rom *rom, uint32_t rate_hz)
{
	uint64_t wire = rom->sent + rom->received;

	b->at[place(b, rate_hz)].bytes += wire - b->counted;
	b->counted = wire;
}

void blame_fault(struct ef_blame *b, const struct ef_rom *rom, uint32_t rate_hz)
{
	struct score here;

	blame_count(b, rom, rate_hz);
	b->at[place(b, rate_hz)].faults++;
	here = sum(b, rate_hz, rate_hz);
	if (!b->is_cleared || here.faults < FAULTS_MIN || gap(here) >= DENSE)
		return;
	b->is_cleared = false;
	b->was_wrong = true;
}

bool blame_is_cleared(struct ef_blame *b, uint32_t rate_hz)
{
	struct score here = sum(b, rate_hz, rate_hz), faster = sum(b, rate_hz + 1, UINT32_MAX);

	if (!b->is_cleared && !b->was_wrong && here.faults && faster.faults > 1 &&
	    here.faults + faster.faults >= FAULTS_MIN)
		b->is_cleared = gap(here) >= GAP_MIN && gap(here) / BETTER < gap(faster);
	return b->is_cleared;
}
