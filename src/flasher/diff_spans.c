/* SPDX-License-Identifier: MIT */
/*
 * Decides what is written, once it is known which sectors differ. A gap that takes less time to
 * write than another run takes to begin is written, too. So is the rest of a 64 KiB block, if
 * erasing that at once is faster than erasing its sectors that differ.
 */
#include <stdlib.h>

#include <espflash/log.h>

#include "flasher/diff_priv.h"

uint32_t diff_end_of(const struct diff *d, uint32_t sector)
{
	uint64_t end = (uint64_t)sector * EF_SECTOR;

	return end < d->r->len ? (uint32_t)end : d->r->len;
}

bool diff_all_are(const struct diff *d, uint32_t from, uint32_t to, enum diff_state state)
{
	for (uint32_t i = from; i < to && i < d->n; i++)
		if (d->state[i] != state)
			return false;
	return true;
}

bool diff_has(const struct diff *d, uint32_t from, uint32_t to, enum diff_state state)
{
	for (uint32_t i = from; i < to && i < d->n; i++)
		if (d->state[i] == state)
			return true;
	return false;
}

const struct diff_cost *diff_cost_at(const struct diff *d, uint32_t sector)
{
	return &d->cost[(d->head + sector) / DIFF_BLOCK];
}

/* Return the end of the run that begins here: of content, or of blank sectors, or of equal ones. */
static uint32_t run_end(const struct diff *d, uint32_t from, uint32_t to)
{
	enum diff_state state = d->state[from];
	bool is_content = state != DIFF_SAME && state != DIFF_BLANK, goes_on = true;
	uint32_t i;

	for (i = from + 1; i < to && goes_on; i += goes_on)
		goes_on = is_content ? d->state[i] != DIFF_SAME && d->state[i] != DIFF_BLANK
				     : d->state[i] == state;
	return i;
}

bool diff_fills(const struct diff *d, uint32_t from, uint32_t to)
{
	const struct diff_cost *c = diff_cost_at(d, from);
	uint64_t parts_us = 0;
	bool any = false;

	for (uint32_t i = from, end; i < to; i = end) {
		end = run_end(d, i, to);
		if (d->state[i] == DIFF_BLANK) {
			parts_us += diff_cost_erase_us(end - i) +
				    diff_cost_exchanges_us(d->trip_us);
		} else if (d->state[i] != DIFF_SAME) {
			parts_us += diff_cost_run_us(c, end - i, d->trip_us);
			any = true;
		}
	}
	return any && to - from == DIFF_BLOCK && parts_us > diff_cost_block_us(c, d->trip_us);
}

/* Write a block whole where that is faster than to write the sectors that differ. */
static void fill_block(struct diff *d, uint32_t from, uint32_t to)
{
	if (!diff_fills(d, from, to))
		return;
	for (uint32_t i = from; i < to; i++) {
		if (d->state[i] == DIFF_SAME)
			d->state[i] = DIFF_FILL;
		else if (d->state[i] == DIFF_BLANK)
			d->state[i] = DIFF_UNKNOWN;
	}
}

static void fill_blocks(struct diff *d)
{
	for (uint32_t from = 0, to; from < d->n; from = to) {
		to = from + DIFF_BLOCK - (d->head + from) % DIFF_BLOCK;
		fill_block(d, from, to < d->n ? to : d->n);
	}
}

/* Return whether one run with the gap before this sector takes less time than two. */
static bool is_bridged(const struct diff *d, const struct ef_span *now, uint32_t sector)
{
	uint32_t before = now->to / EF_SECTOR - now->from / EF_SECTOR;
	uint32_t gap = sector - now->to / EF_SECTOR, after = run_end(d, sector, d->n) - sector;
	const struct diff_cost *c = diff_cost_at(d, sector - 1);

	return diff_cost_run_us(c, before + gap + after, d->trip_us) <
	       diff_cost_run_us(c, before, d->trip_us) + diff_cost_run_us(c, after, d->trip_us);
}

/* now: the last run so far; NULL: there is none */
static bool begins_run(const struct diff *d, const struct ef_span *now, uint32_t sector)
{
	bool is_blank = d->state[sector] == DIFF_BLANK;

	if (!now || now->is_blank != is_blank)
		return true;
	return sector * EF_SECTOR > now->to && (is_blank || !is_bridged(d, now, sector));
}

static void count(const struct diff *d, struct ef_spans *ret)
{
	ret->sectors = d->n;
	for (uint32_t i = 0; i < d->n; i++) {
		bool is_sure = d->state[i] == DIFF_DIFFERS;

		ret->differ += is_sure;
		ret->in_doubt += !is_sure && d->state[i] != DIFF_SAME && d->state[i] != DIFF_FILL;
	}
	for (size_t i = 0; i < ret->count; i++)
		ret->bytes += ret->span[i].to - ret->span[i].from;
}

bool diff_make_spans(struct diff *d, struct ef_spans *ret, struct ef_err *err)
{
	struct ef_span *now = NULL;

	ret->span = calloc(d->n, sizeof(*ret->span));
	if (!ret->span)
		return ef_fail(err, EF_E_IO, "out of memory");
	fill_blocks(d);
	for (uint32_t i = 0; i < d->n; i++) {
		if (d->state[i] == DIFF_SAME)
			continue;
		if (begins_run(d, now, i)) {
			now = &ret->span[ret->count++];
			now->from = i * EF_SECTOR;
			now->is_blank = d->state[i] == DIFF_BLANK;
		}
		now->to = diff_end_of(d, i + 1);
	}
	count(d, ret);
	ef_log(EF_LOG_DEBUG,
	       "'%s': %u of %u sectors differ, perhaps %u more, %u bytes in %zu runs (%u "
	       "questions, "
	       "%u ms)",
	       d->r->label, ret->differ, ret->sectors, ret->in_doubt, ret->bytes, ret->count,
	       d->asked, (unsigned)(d->spent_us / 1000u));
	return true;
}

bool ef_spans_all(struct ef_spans *ret, const struct ef_region *r, struct ef_err *err)
{
	ef_spans_release(ret);
	ret->span = calloc(1, sizeof(*ret->span));
	if (!ret->span)
		return ef_fail(err, EF_E_IO, "out of memory");
	ret->span[0].to = ret->bytes = r->len;
	ret->count = 1;
	ret->sectors = ret->in_doubt = ef_div_up(r->len, EF_SECTOR);
	return true;
}

void ef_spans_release(struct ef_spans *s)
{
	free(s->span);
	*s = (struct ef_spans){ .span = NULL };
}
