/* SPDX-License-Identifier: MIT */
/*
 * Finds out whether the rate is to blame for the line's faults. A bridge that can't keep up, or a
 * long cable, loses less at a slower rate. Other noise hits so many bytes at any rate; then a
 * slower one only costs time, and shorter pieces help. The bytes between two faults tell.
 */
#include "flasher/blame.h"

#include "base/util.h"

/* Before so many faults nothing is concluded from a rate. */
#define FAULTS_MIN 2u
/*
 * Few faults say little: with three of them on each side, a line that is the same at both rates
 * seems more than eight times as good at one of them in 2 % of all cases, so that takes more until
 * FAULTS_SURE came. One fault shows nothing.
 */
#define BETTER 8u
/*
 * Where faults are denser, only the shortest pieces arrive, and few faults tell little about their
 * number. With 8 KiB here, writes of the tests' fault matrix take 60 % longer: what such a line
 * costs at 115200 baud is mostly the wire's time.
 */
#define GAP_MIN EF_KIB
/*
 * A conclusion is wrong when the recent faults are this much denser than GAP_MIN, whatever came
 * before. Each fault costs FAULT_DEBT, and bytes pay it off: a line that loses one byte in GAP_MIN
 * owes TOO_MUCH once in 2000 faults, and one that loses one in 200 does so after nine.
 */
#define FAULT_DEBT (GAP_MIN / 2)
#define TOO_MUCH   (5u * FAULT_DEBT)
/* ... and when so many tries in a row failed: a try may take many bytes. */
#define FAILURES_MAX 6u
/* ... and when so many faults show that slower rates were better. */
#define FAULTS_SURE 8u

/* Return the index of this rate. A rate that does not fit in shares the last place. */
static size_t place(struct ef_blame *b, uint32_t rate_hz)
{
	size_t i = 0;

	while (i + 1 < EF_BLAME_RATES && b->at[i].rate_hz && b->at[i].rate_hz != rate_hz)
		i++;
	b->at[i].rate_hz = rate_hz;
	return i;
}

static uint64_t gap(const struct ef_blame *b, size_t i)
{
	return b->at[i].bytes / b->at[i].faults;
}

/* Return whether a slower rate was several times as good. */
static bool is_worse(const struct ef_blame *b, size_t i)
{
	uint64_t enough;

	if (b->at[i].faults < FAULTS_MIN)
		return false;
	enough = gap(b, i) * BETTER * (b->at[i].faults < FAULTS_SURE ? 2 : 1);
	for (size_t j = 0; j < EF_BLAME_RATES; j++)
		if (b->at[j].rate_hz < b->at[i].rate_hz && b->at[j].faults >= FAULTS_MIN &&
		    gap(b, j) >= enough)
			return true;
	return false;
}

void blame_skip(struct ef_blame *b, const struct ef_rom *rom)
{
	b->counted = rom->sent + rom->received;
}

void blame_count(struct ef_blame *b, const struct ef_rom *rom, uint32_t rate_hz)
{
	uint64_t bytes = rom->sent + rom->received - b->counted;

	b->at[place(b, rate_hz)].bytes += bytes;
	b->debt -= b->debt < bytes ? b->debt : bytes;
	blame_skip(b, rom);
}

void blame_fault(struct ef_blame *b, const struct ef_rom *rom, uint32_t rate_hz, unsigned nth)
{
	size_t here = place(b, rate_hz);
	bool is_sure;

	blame_count(b, rom, rate_hz);
	b->at[here].faults++;
	if (!b->best_hz)
		return;
	b->debt += FAULT_DEBT;
	is_sure = b->at[here].faults >= FAULTS_SURE && is_worse(b, here);
	if (b->debt < TOO_MUCH && nth < FAILURES_MAX && !is_sure)
		return;
	b->wrong_hz = b->best_hz;
	b->best_hz = 0;
}

uint32_t blame_best(struct ef_blame *b, uint32_t rate_hz)
{
	size_t here = place(b, rate_hz);

	if (b->best_hz || b->at[here].faults < FAULTS_MIN || gap(b, here) < GAP_MIN)
		return b->best_hz;
	b->debt = 0;
	for (size_t i = 0; i < EF_BLAME_RATES; i++)
		if (b->at[i].rate_hz > rate_hz && b->at[i].rate_hz > b->best_hz &&
		    (!b->wrong_hz || b->at[i].rate_hz < b->wrong_hz) && b->at[i].faults &&
		    !is_worse(b, i))
			b->best_hz = b->at[i].rate_hz;
	return b->best_hz;
}

bool blame_is_cleared(struct ef_blame *b, uint32_t rate_hz)
{
	uint32_t best_hz = blame_best(b, rate_hz);

	return best_hz && rate_hz <= best_hz;
}
