/* SPDX-License-Identifier: MIT */
/*
 * Returns to a rate that recovery left. After a quiet stretch the next faster rate is tried; a try
 * is confirmed when as much has passed without a fault. Each one that fails makes the next one
 * rarer, few may fail, and a try must save more than it can cost. Where slower rates did not help
 * (blame.c), the work goes back at once.
 */
#include "flasher/climb.h"

#include <espflash/log.h>

/* The present rate is the right one for this line. */
static void settle(struct ef_flasher *f)
{
	const struct ef_climb *climb = &f->recovery.climb;

	f->recovery.rate_hz = f->rate_hz;
	if (!f->plan.is_auto)
		return;
	f->plan.wanted_hz = f->rate_hz;
	f->plan.is_lowered = climb->was_lowered || f->rate_hz < climb->top_hz;
}

void ef_climb_passed(struct ef_flasher *f, uint32_t content)
{
	struct ef_climb *climb = &f->recovery.climb;

	climb->quiet += content; /* no session moves 4 GiB */
	if (!climb->is_trial || climb->quiet < ef_budgets.climb.bytes)
		return;
	climb->is_trial = false;
	settle(f);
}

void ef_climb_leaves(struct ef_flasher *f, uint32_t was_hz)
{
	struct ef_climb *climb = &f->recovery.climb;

	climb->failures += climb->is_trial;
	climb->is_trial = false;
	if (climb->top_hz)
		return;
	climb->top_hz = was_hz;
	climb->was_lowered = f->plan.is_lowered;
}

void ef_recover_slowed(struct ef_flasher *f, uint32_t was_hz)
{
	if (f->rate_hz >= was_hz)
		return;
	f->recovery.rate_hz = f->rate_hz;
	ef_climb_leaves(f, was_hz);
}

static uint32_t quiet_needed(const struct ef_flasher *f)
{
	uint32_t bytes = ef_budgets.climb.bytes;

	for (unsigned i = 0; i < f->recovery.climb.failures; i++)
		bytes *= ef_budgets.climb.growth;
	return bytes;
}

/* A try may fail because of noise, too, so the way back to best_hz may fail more often. */
static bool may_try(const struct ef_flasher *f, uint32_t best_hz)
{
	unsigned more = f->rate_hz < best_hz ? 2 : 1;

	return f->recovery.climb.failures < ef_budgets.climb.failures * more;
}

/* The rate to try for this many bytes of content; 0: a try isn't worth it. */
static uint32_t worth_trying(const struct ef_flasher *f, uint32_t left)
{
	uint64_t bits = (uint64_t)left * 10u * 1000u;
	uint32_t next;

	if (!f->recovery.climb.top_hz)
		return 0;
	next = f->rungs->faster_rate(f);
	return next && bits / f->rate_hz - bits / next > ef_budgets.climb.cost_ms ? next : 0;
}

uint32_t ef_recover_climb_in(const struct ef_flasher *f, uint32_t left)
{
	const struct ef_climb *climb = &f->recovery.climb;
	uint32_t need = climb->is_trial ? ef_budgets.climb.bytes : quiet_needed(f);
	uint32_t quiet = climb->quiet;

	if (quiet >= need || !may_try(f, 0) || !worth_trying(f, left))
		return left;
	need = ef_div_up(need - quiet, EF_SECTOR) * EF_SECTOR;
	return need < left ? need : left;
}

/* *ret: the session is at the faster rate now. */
static bool try_faster(struct ef_flasher *f, uint32_t rate_hz, bool *ret, struct ef_err *err)
{
	f->recovery.climb.quiet = 0;
	f->recovery.faults = 0;
	blame_count(&f->recovery.blame, &f->rom, f->rate_hz);
	if (!f->rungs->faster(f, rate_hz, ret, err))
		return false;
	blame_skip(&f->recovery.blame, &f->rom);
	f->recovery.climb.failures += !*ret;
	return true;
}

/* Slower rates did not help: go back up to best_hz, as far as the line allows. */
static bool return_to(struct ef_flasher *f, uint32_t best_hz, uint32_t left, struct ef_err *err)
{
	uint32_t was_hz = f->rate_hz, next;
	bool ok = true;

	while (ok && f->rate_hz < best_hz && (next = worth_trying(f, left)) != 0)
		if (!try_faster(f, next, &ok, err))
			return false;
	if (f->rate_hz > was_hz)
		ef_event_info(f, "slower rates lose as much: going on at %u baud", f->rate_hz);
	settle(f);
	return true;
}

bool ef_recover_climb(struct ef_flasher *f, uint32_t left, struct ef_err *err)
{
	struct ef_climb *climb = &f->recovery.climb;
	uint32_t best_hz = blame_best(&f->recovery.blame, f->rate_hz);
	uint32_t next = worth_trying(f, left);
	bool ok;

	climb->has_returned = best_hz != 0;
	if (!next || !may_try(f, best_hz) || climb->is_trial)
		return true;
	if (f->rate_hz < best_hz)
		return return_to(f, best_hz, left, err);
	if (climb->quiet < quiet_needed(f))
		return true;
	ef_log(EF_LOG_DEBUG, "no fault at %u baud in %u KiB: trying %u", f->rate_hz,
	       climb->quiet / EF_KIB, next);
	if (!try_faster(f, next, &ok, err))
		return false;
	climb->is_trial = ok;
	if (ok)
		ef_event_info(f, "no fault for a while: trying %u baud again", next);
	return true;
}
