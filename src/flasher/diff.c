/* SPDX-License-Identifier: MIT */
/*
 * Finds the sectors in which a region differs from the flash, by the chip's own MD5s.
 *
 * A few single sectors all over the region come first, the first one before all: if it is erased,
 * nothing of the region was ever written; if it is the same, the others are skipped. If all of them
 * differ, the flash holds something else, and the whole region is written at the price of these few
 * questions. Else the search goes from groups of 64 KiB, which a chip erases at once, to smaller
 * ones. It looks into a group that differs if that promises to save more than it costs. Next to a
 * group that is the same, an edit is supposed, which changes little. Elsewhere single sectors tell
 * what is likely: behind an insertion everything is shifted, and the inside of such a run differs,
 * too. Long runs of 0xff in the content need not be written: the flash has them already, or they
 * are erased. They are written where that lets their block be erased at once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "flasher/diff_priv.h"
#include "flasher/packer.h"
#include "flasher/proof.h"
#include "flasher/session.h"

#define PROBES     6u
#define PROBES_FEW 2u /* probes in a region of one group */
/* A request about this few sectors costs less than it can save. */
#define WHOLE_MAX 4u
/* Sectors in a group, level by level: 64 KiB, 16 KiB, 4 KiB */
static const uint32_t group_size[] = { DIFF_BLOCK, 4, 1 };

/* All requests together may take this part of the time to write everything... */
#define SEARCH_PERCENT 2u
/* ... and at least this long, plus half of the time that the answers have saved so far... */
#define SEARCH_MIN_US 30000u
/* ... and this part, while single sectors promise that much is the same. */
#define STAKE_PERCENT 5u
/*
 * In a group next to one that is the same, so many of 1000 sectors are supposed to be the same.
 * This weighs as much as so many sectors of the group; what is known of other groups weighs less.
 */
#define EDGE_SAME    900u
#define EDGE_WEIGHT  8u
#define OTHER_WEIGHT 2u

static bool may_ask(const struct diff *d)
{
	uint64_t limit_us = d->all_us * SEARCH_PERCENT / 100u;

	if (limit_us < SEARCH_MIN_US)
		limit_us = SEARCH_MIN_US;
	if (d->is_promising)
		limit_us += d->all_us * STAKE_PERCENT / 100u;
	return d->spent_us < limit_us + d->saved_us / 2;
}

/* ---- questions ---- */

static void mark(struct diff *d, uint32_t from, uint32_t to, enum diff_state state)
{
	memset(d->state + from, (int)state, to - from);
}

/* Sectors of which is known less than this say so now. */
static void mark_open(struct diff *d, uint32_t from, uint32_t to, enum diff_state state)
{
	for (uint32_t i = from; i < to; i++)
		if (d->state[i] < state && d->state[i] < DIFF_SAME)
			d->state[i] = (uint8_t)state;
}

/* Ask for the MD5 of these sectors. *ret: they are the same. */
static bool ask(struct diff *d, uint32_t from, uint32_t to, bool *ret, struct ef_err *err)
{
	uint32_t start = from * EF_SECTOR, len = diff_end_of(d, to) - start;
	uint64_t begin_us = ef_port_now_us(d->f->port), took_us;
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];

	if (!ef_rom_flash_md5(&d->f->rom, d->r->addr + start, len, got, err))
		return false;
	took_us = ef_port_now_us(d->f->port) - begin_us;
	d->spent_us += took_us;
	if (d->asked++ == 0 || took_us < d->trip_us)
		d->trip_us = took_us;
	ef_md5(d->r->data + start, len, want);
	*ret = memcmp(want, got, sizeof(want)) == 0;
	if (*ret) {
		mark(d, from, to, DIFF_SAME);
		d->saved_us += (to - from) * diff_cost_at(d, from)->block_us;
	} else if (to - from == 1) {
		mark(d, from, to, DIFF_DIFFERS);
		if (from == 0 && len == EF_SECTOR)
			return proof_is_blank(got, len, &d->is_fresh, err);
	}
	return true;
}

/* ---- what is likely ---- */

/* Return the end of the group of this size in which the sector is. */
static uint32_t group_end(const struct diff *d, uint32_t sector, uint32_t size)
{
	uint32_t end = sector + size - (d->head + sector) % size;

	return end < d->n ? end : d->n;
}

static uint32_t group_start(const struct diff *d, uint32_t sector, uint32_t size)
{
	uint32_t into = (d->head + sector) % size;

	return sector > into ? sector - into : 0;
}

/* Ask about one sector that stands for others. */
static bool sample(struct diff *d, uint32_t sector, struct ef_err *err)
{
	bool is_same;

	if (d->state[sector] >= DIFF_SAME)
		return true;
	d->is_sample[sector] = true;
	d->samples++;
	return ask(d, sector, sector + 1, &is_same, err);
}

/* Return how many of 1000 sectors are likely to be the same, in groups that are not. */
static uint32_t same_permille(const struct diff *d)
{
	uint32_t same = 0, count = 0, to;

	for (uint32_t from = 0; from < d->n; from = to) {
		to = group_end(d, from, DIFF_BLOCK);
		if (diff_all_are(d, from, to, DIFF_SAME))
			continue;
		for (uint32_t i = from; i < to; i++) {
			count += d->is_sample[i];
			same += d->is_sample[i] && d->state[i] == DIFF_SAME;
		}
	}
	return 1000u * (same + 1) / (count + 2);
}

/* Return whether a group has a neighbour that is the same, or is the first or last one. */
static bool has_edge(const struct diff *d, uint32_t from, uint32_t to, uint32_t size)
{
	return from == 0 || to == d->n ||
	       diff_all_are(d, group_start(d, from - 1, size), from, DIFF_SAME) ||
	       diff_all_are(d, to, group_end(d, to, size), DIFF_SAME);
}

/* Combine what is supposed about a group with what is known about its sectors. */
static uint32_t same_in(const struct diff *d, uint32_t from, uint32_t to, uint32_t prior,
			uint32_t weight)
{
	uint32_t same = 0, known = 0;

	for (uint32_t i = from; i < to; i++) {
		known += d->state[i] == DIFF_SAME || d->state[i] == DIFF_DIFFERS;
		same += d->state[i] == DIFF_SAME;
	}
	return (weight * prior + 1000u * same) / (weight + known);
}

/* is_edge: the group is no part of a longer run, so whole it needs a run, too. */
static bool is_gain(const struct diff *d, uint32_t from, uint32_t to, bool is_edge,
		    uint32_t permille)
{
	uint32_t block_from = group_start(d, from, DIFF_BLOCK);
	uint32_t block_to = group_end(d, from, DIFF_BLOCK);
	const struct diff_cost *c = diff_cost_at(d, from);
	/* a block in which something is the same already is not erased at once */
	bool is_block = block_to - block_from == DIFF_BLOCK &&
			!diff_has(d, block_from, block_to, DIFF_SAME);
	uint32_t n = to - from, first = is_edge ? diff_cost_first(n) : 0;
	uint64_t whole_us = is_block ? n * c->block_us + first * c->block_more_us
				     : n * c->sector_us + first * c->sector_more_us;

	if (is_edge)
		whole_us += diff_cost_exchanges_us(d->trip_us);
	return diff_cost_parts_us(c, n, permille, d->trip_us) < whole_us;
}

/* ---- the search ---- */

/* Return whether to ask this probe. A small region is written before slow answers to all come. */
static bool goes_on(const struct diff *d, uint32_t probe, uint32_t count)
{
	return probe < count && !d->is_fresh && d->state[0] != DIFF_SAME &&
	       (probe < PROBES_FEW || may_ask(d));
}

/* *ret_any: at least one of the probed sectors is the same. */
static bool probe(struct diff *d, bool *ret_any, struct ef_err *err)
{
	uint32_t count = d->n > DIFF_BLOCK ? PROBES : PROBES_FEW;

	*ret_any = false;
	/* the head of an app names its build: if it is the same, the rest is most likely, too */
	for (uint32_t i = 0; goes_on(d, i, count); i++) {
		uint32_t at = i ? (uint32_t)((2u * (uint64_t)i + 1) * d->n / (2 * count)) : 0;

		if (!sample(d, at, err))
			return false;
		*ret_any = *ret_any || d->state[at] == DIFF_SAME;
	}
	return true;
}

/* *ret: it pays to look into this group of a level, which differs. */
static bool is_worth(struct diff *d, uint32_t from, uint32_t to, uint32_t size, bool *ret,
		     struct ef_err *err)
{
	uint32_t prior, middle = from + (to - from) / 2;

	*ret = false;
	if (!diff_has(d, from, to, size == DIFF_BLOCK ? DIFF_IN_64K : DIFF_IN_16K))
		return true;
	if (has_edge(d, from, to, size)) {
		*ret = is_gain(d, from, to, true, same_in(d, from, to, EDGE_SAME, EDGE_WEIGHT));
		return true;
	}
	prior = same_permille(d);
	/* a sector in the middle is asked only if it can matter */
	if (size == DIFF_BLOCK && d->state[middle] < DIFF_SAME && may_ask(d) &&
	    is_gain(d, from, to, false, (OTHER_WEIGHT * prior + 1000u) / (OTHER_WEIGHT + 1))) {
		if (!sample(d, middle, err))
			return false;
		prior = same_permille(d);
	}
	*ret = is_gain(d, from, to, false, same_in(d, from, to, prior, OTHER_WEIGHT));
	return true;
}

/*
 * A group of 64 KiB differs, and the one before it, too. The first of them tell whether it promises
 * to look into others.
 */
static bool learn(struct diff *d, uint32_t from, uint32_t to, struct ef_err *err)
{
	if (from == 0 || diff_all_are(d, group_start(d, from - 1, DIFF_BLOCK), from, DIFF_SAME))
		return true;
	if (d->samples < PROBES && may_ask(d) && !sample(d, from + (to - from) / 2, err))
		return false;
	d->is_promising = is_gain(d, from, to, false, same_permille(d));
	return true;
}

/* Narrow a group to what is not known at its ends. */
static void trim(const struct diff *d, uint32_t *from, uint32_t *to)
{
	while (*from < *to && d->state[*from] >= DIFF_SAME)
		++*from;
	while (*from < *to && d->state[*to - 1] >= DIFF_SAME)
		--*to;
}

/*
 * Find out about a group. It must differ if its parent does and all of the parent's other groups
 * are the same. If one of its sectors differs, it is asked about the others where they are in one
 * piece.
 */
static bool look_at(struct diff *d, uint32_t from, uint32_t to, size_t level, bool must_differ,
		    struct ef_err *err)
{
	static const enum diff_state what[] = { DIFF_IN_64K, DIFF_IN_16K, DIFF_DIFFERS };
	uint32_t open_from = from, open_to = to;
	bool is_same = false;

	must_differ &= !diff_has(d, from, to, DIFF_DIFFERS);
	trim(d, &open_from, &open_to);
	if (open_from == open_to)
		return true;
	if (!must_differ && !diff_has(d, open_from, open_to, DIFF_DIFFERS)) {
		if (!may_ask(d))
			return true;
		if (!ask(d, open_from, open_to, &is_same, err))
			return false;
	}
	if (is_same)
		return true;
	mark_open(d, open_from, open_to, what[level]);
	return level > 0 || learn(d, from, to, err);
}

/* Look at the groups of a level in the groups of the level above that are worth it. */
static bool search_level(struct diff *d, size_t level, struct ef_err *err)
{
	uint32_t to;

	for (uint32_t from = 0; from < d->n; from = to) {
		bool is_wanted = true;

		to = level ? group_end(d, from, group_size[level - 1]) : d->n;
		if (level && !is_worth(d, from, to, group_size[level - 1], &is_wanted, err))
			return false;
		for (uint32_t at = from, next; is_wanted && at < to; at = next) {
			next = group_end(d, at, group_size[level]);
			if (!look_at(d, at, next, level,
				     level && diff_all_are(d, from, at, DIFF_SAME) &&
					     diff_all_are(d, next, to, DIFF_SAME),
				     err))
				return false;
		}
	}
	return true;
}

static bool search(struct diff *d, bool by_one, struct ef_err *err)
{
	bool any;

	if (by_one || d->n <= WHOLE_MAX)
		return ask(d, 0, d->n, &any, err);
	if (!probe(d, &any, err))
		return false;
	for (size_t i = 0; any && i < EF_ARRAY_LEN(group_size); i++)
		if (!search_level(d, i, err))
			return false;
	return true;
}

/* ---- content that is blank ---- */

/* Release the content's pages each time that this many sectors were looked at */
#define RELEASE_EVERY 256u

static bool is_blank(const struct diff *d, uint32_t sector)
{
	if (sector % RELEASE_EVERY == 0)
		ef_map_passed(d->r->data, (size_t)sector * EF_SECTOR);
	return ef_is_blank(d->r->data + (size_t)sector * EF_SECTOR,
			   diff_end_of(d, sector + 1) - sector * EF_SECTOR);
}

/*
 * A run of 0xff takes the chip as long to program as other content. Without it there is one
 * BEGIN more, and a question whether the flash is blank there already.
 */
static bool is_left_out(const struct diff *d, uint32_t sectors)
{
	return diff_cost_program_us(sectors) > 2u * diff_cost_exchanges_us(d->trip_us);
}

/* Return whether the rest of their block is such that it is written whole, even without these. */
static bool is_filled(struct diff *d, uint32_t from, uint32_t to)
{
	uint8_t before[DIFF_BLOCK];
	bool ret;

	memcpy(before, d->state + from, to - from);
	mark(d, from, to, DIFF_SAME);
	ret = diff_fills(d, group_start(d, from, DIFF_BLOCK), group_end(d, from, DIFF_BLOCK));
	memcpy(d->state + from, before, to - from);
	return ret;
}

/* Narrow a run to what can be left out: only a block that is written whole is erased at once. */
static void spare_blocks(struct diff *d, uint32_t *from, uint32_t *to)
{
	uint32_t end = group_end(d, *from, DIFF_BLOCK), start;

	end = end < *to ? end : *to;
	if (is_filled(d, *from, end))
		*from = end;
	if (*from == *to)
		return;
	start = group_start(d, *to - 1, DIFF_BLOCK);
	start = start > *from ? start : *from;
	if (is_filled(d, start, *to))
		*to = start;
}

/* Mark the run of blank content that begins here, as far as it is not in flash already. */
static bool mark_blank(struct diff *d, uint32_t from, uint32_t to, struct ef_err *err)
{
	bool is_same;

	spare_blocks(d, &from, &to);
	if (diff_all_are(d, from, to, DIFF_SAME) || !is_left_out(d, to - from))
		return true;
	if (!ask(d, from, to, &is_same, err))
		return false;
	if (!is_same)
		mark(d, from, to, DIFF_BLANK);
	return true;
}

static bool find_blank(struct diff *d, struct ef_err *err)
{
	for (uint32_t from = 0, to; from < d->n; from = to) {
		to = from + 1;
		if (!is_blank(d, from))
			continue;
		while (to < d->n && is_blank(d, to))
			to++;
		if (!mark_blank(d, from, to, err))
			return false;
	}
	return true;
}

/* ---- what writing costs ---- */

static void find_costs(struct diff *d)
{
	unsigned percent;

	for (uint32_t from = 0, to; from < d->n; from = to) {
		struct diff_cost *c = &d->cost[(d->head + from) / DIFF_BLOCK];

		to = group_end(d, from, DIFF_BLOCK);
		percent = pack_percent(d->r->data + (size_t)from * EF_SECTOR,
				       diff_end_of(d, to) - from * EF_SECTOR);
		diff_cost_find(c, d->f, percent);
		d->all_us += (to - from) * c->block_us;
		ef_map_passed(d->r->data, diff_end_of(d, to));
	}
}

bool ef_diff_find(struct ef_flasher *f, const struct ef_region *r, bool by_one,
		  struct ef_spans *ret, struct ef_err *err)
{
	struct diff d = { .f = f,
			  .r = r,
			  .n = ef_div_up(r->len, EF_SECTOR),
			  .head = r->addr / EF_SECTOR % DIFF_BLOCK };
	bool ok;

	ef_spans_release(ret);
	d.state = calloc(d.n, 1);
	d.is_sample = calloc(d.n, sizeof(*d.is_sample));
	d.cost = calloc((d.head + d.n) / DIFF_BLOCK + 1, sizeof(*d.cost));
	if (d.state && d.is_sample && d.cost) {
		if (!by_one)
			find_costs(&d);
		ok = search(&d, by_one, err) && (by_one || find_blank(&d, err)) &&
		     diff_make_spans(&d, ret, err);
	} else {
		ok = ef_fail(err, EF_E_IO, "out of memory");
	}
	free(d.cost);
	free(d.is_sample);
	free(d.state);
	return ok;
}
