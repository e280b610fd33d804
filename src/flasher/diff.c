/* SPDX-License-Identifier: MIT */
/*
 * Finds the sectors in which a region differs from the flash, by the chip's own MD5s.
 *
 * A few single sectors all over the region come first, the first one before all: if it is erased,
 * nothing of the region was ever written; if it is the same, the others are skipped. If all of them
 * differ, the flash holds something else, and the whole region is written at the price of these few
 * questions. Else the search goes from large groups of sectors to small ones. It looks into a group
 * that differs only next to one that is the same: behind an insertion everything is shifted, and
 * the inside of such a run differs, too. Long runs of 0xff in the content need not be written: the
 * flash has them already, or they are erased.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#include "base/hash.h"
#include "flasher/baud.h"
#include "flasher/diff.h"
#include "flasher/proof.h"
#include "flasher/session.h"

#define PROBES     6u
#define PROBES_FEW 2u /* probes in a region of one group */
/* A request about this few sectors costs less than it can save. */
#define WHOLE_MAX 4u
/* Sectors in a group, level by level: 64 KiB, 16 KiB, 4 KiB */
static const uint32_t group_size[] = { 16, 4, 1 };

/*
 * Estimates of microseconds, to weigh questions against writing. A flash chip erases a
 * sector in 45 ms and programs a page of 256 bytes in 0.4 ms (Winbond W25Q32JV datasheet,
 * typical values). Firmware shrinks to about 60 % (own measurement, docs/performance.md).
 */
#define FLASH_NS_PER_BYTE   12600u
#define PROGRAM_NS_PER_BYTE 1600u
#define USB_NS_PER_BYTE     1000u
#define PACKED_PERCENT      60u
/* A run costs BEGIN, END and the wait until the last block is written. */
#define RUN_EXCHANGES 4u
/* All requests together may take this part of the time to write everything... */
#define SEARCH_PERCENT 2u
/* ... and at least this long, plus half of the time that the answers have saved so far. */
#define SEARCH_MIN_US 30000u

enum state { UNKNOWN, SAME, DIFFERS, BLANK };

struct diff {
	struct ef_flasher *f;
	const struct ef_region *r;
	uint8_t *state; /* enum state of each sector; BLANK: to be erased */
	uint32_t n;
	bool is_fresh; /* the region's first sector is erased, and has content */
	unsigned asked;
	/* time spent on requests; the shortest one is about a round trip */
	uint64_t spent_us, shortest_us;
	uint64_t saved_us;
};

static uint32_t end_of(const struct diff *d, uint32_t sector)
{
	uint64_t end = (uint64_t)sector * EF_SECTOR;

	return end < d->r->len ? (uint32_t)end : d->r->len;
}

static uint64_t write_us(const struct diff *d, uint64_t bytes)
{
	const struct ef_flasher *f = d->f;
	uint64_t wire_ns = ef_baud_has_rate(f) && f->rate_hz ? 10000000000u / f->rate_hz
							     : USB_NS_PER_BYTE;

	if (f->rom.loader == EF_LOADER_STUB)
		wire_ns = wire_ns * PACKED_PERCENT / 100u;
	return bytes * (wire_ns + FLASH_NS_PER_BYTE) / 1000u;
}

static bool may_ask(const struct diff *d)
{
	uint64_t limit_us = write_us(d, d->r->len) * SEARCH_PERCENT / 100u;

	if (limit_us < SEARCH_MIN_US)
		limit_us = SEARCH_MIN_US;
	return d->spent_us < limit_us + d->saved_us / 2;
}

static void mark(struct diff *d, uint32_t from, uint32_t to, enum state state)
{
	memset(d->state + from, (int)state, to - from);
}

/* ---- content that is blank ---- */

/* Release the content's pages each time that this many sectors were looked at */
#define RELEASE_EVERY 256u

static bool is_blank(const struct diff *d, uint32_t sector)
{
	if (sector % RELEASE_EVERY == 0)
		ef_map_passed(d->r->data, (size_t)sector * EF_SECTOR);
	return ef_is_blank(d->r->data + (size_t)sector * EF_SECTOR,
			   end_of(d, sector + 1) - sector * EF_SECTOR);
}

/* Ask for the MD5 of these sectors. */
static bool ask(struct diff *d, uint32_t from, uint32_t to, struct ef_err *err)
{
	uint32_t start = from * EF_SECTOR, len = end_of(d, to) - start;
	uint64_t begin_us = ef_port_now_us(d->f->port), took_us;
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];

	if (!ef_rom_flash_md5(&d->f->rom, d->r->addr + start, len, got, err))
		return false;
	took_us = ef_port_now_us(d->f->port) - begin_us;
	d->spent_us += took_us;
	if (d->asked++ == 0 || took_us < d->shortest_us)
		d->shortest_us = took_us;
	ef_md5(d->r->data + start, len, want);
	if (memcmp(want, got, sizeof(want)) == 0) {
		mark(d, from, to, SAME);
		d->saved_us += write_us(d, len);
	} else if (to - from == 1) {
		mark(d, from, to, DIFFERS);
		if (from == 0 && len == EF_SECTOR)
			return proof_is_blank(got, len, &d->is_fresh, err);
	}
	return true;
}

/* ---- the search ---- */

static bool all_are(const struct diff *d, uint32_t from, uint32_t to, enum state state)
{
	for (uint32_t i = from; i < to && i < d->n; i++)
		if (d->state[i] != state)
			return false;
	return true;
}

static bool has(const struct diff *d, uint32_t from, uint32_t to, enum state state)
{
	for (uint32_t i = from; i < to && i < d->n; i++)
		if (d->state[i] == state)
			return true;
	return false;
}

/* *ret_any: at least one of the probed sectors is the same. */
static bool probe(struct diff *d, bool *ret_any, struct ef_err *err)
{
	uint32_t count = d->n > group_size[0] ? PROBES : PROBES_FEW;

	*ret_any = false;
	/* the head of an app names its build: if it is the same, the rest is most likely, too */
	for (uint32_t i = 0; i < count && !d->is_fresh && d->state[0] != SAME; i++) {
		uint32_t at = i ? (uint32_t)((2u * (uint64_t)i + 1) * d->n / (2 * count)) : 0;

		if (!ask(d, at, at + 1, err))
			return false;
		*ret_any = *ret_any || d->state[at] == SAME;
	}
	return true;
}

/* Return whether a group at from has a neighbour that is the same, or is the first or last one. */
static bool is_edge(const struct diff *d, uint32_t from, uint32_t size)
{
	return from == 0 || from + size >= d->n || all_are(d, from - size, from, SAME) ||
	       all_are(d, from + size, from + 2 * size, SAME);
}

/*
 * Return whether the group must differ, since its parent does and all of the parent's other groups
 * are the same. parent: sectors in a parent; 0: there is none.
 */
static bool must_differ(const struct diff *d, uint32_t from, uint32_t to, uint32_t parent)
{
	uint32_t first = parent ? from / parent * parent : 0;

	return parent && all_are(d, first, from, SAME) && all_are(d, to, first + parent, SAME);
}

static bool search_level(struct diff *d, uint32_t size, uint32_t parent, struct ef_err *err)
{
	for (uint32_t from = 0; from < d->n && may_ask(d); from += size) {
		uint32_t to = from + size < d->n ? from + size : d->n;

		if (!has(d, from, to, UNKNOWN) || has(d, from, to, DIFFERS))
			continue;
		if (parent && !is_edge(d, from / parent * parent, parent))
			continue;
		if (must_differ(d, from, to, parent))
			continue;
		if (!ask(d, from, to, err))
			return false;
	}
	return true;
}

static bool search(struct diff *d, bool by_one, struct ef_err *err)
{
	bool any;

	if (by_one || d->n <= WHOLE_MAX)
		return ask(d, 0, d->n, err);
	if (!probe(d, &any, err))
		return false;
	for (size_t i = 0; any && i < EF_ARRAY_LEN(group_size); i++)
		if (!search_level(d, group_size[i], i ? group_size[i - 1] : 0, err))
			return false;
	return true;
}

/*
 * A run of 0xff takes the chip as long to program as other content. Without it there is one
 * BEGIN more, and a question whether the flash is blank there already.
 */
static bool is_worth_it(const struct diff *d, uint32_t sectors)
{
	return (uint64_t)sectors * EF_SECTOR * PROGRAM_NS_PER_BYTE / 1000u >
	       2u * RUN_EXCHANGES * d->shortest_us;
}

/* Mark the run of blank content that begins here, as far as it is not in flash already. */
static bool mark_blank(struct diff *d, uint32_t from, uint32_t to, struct ef_err *err)
{
	if (all_are(d, from, to, SAME) || !is_worth_it(d, to - from))
		return true;
	if (!ask(d, from, to, err))
		return false;
	if (d->state[from] != SAME)
		mark(d, from, to, BLANK);
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

/* ---- the result ---- */

/* A gap that takes less time to write than another run takes to begin and end. */
static bool is_bridged(const struct diff *d, uint32_t gap)
{
	return write_us(d, gap) < RUN_EXCHANGES * d->shortest_us;
}

/* now: the last run so far; NULL: there is none */
static bool begins_run(const struct diff *d, const struct ef_span *now, uint32_t sector)
{
	uint32_t from = sector * EF_SECTOR;
	bool is_blank = d->state[sector] == BLANK;

	if (!now || now->is_blank != is_blank)
		return true;
	return from > now->to && (is_blank || !is_bridged(d, from - now->to));
}

static bool make_spans(const struct diff *d, struct ef_spans *ret, struct ef_err *err)
{
	struct ef_span *now = NULL;

	ret->span = calloc(d->n, sizeof(*ret->span));
	if (!ret->span)
		return ef_fail(err, EF_E_IO, "out of memory");
	ret->sectors = d->n;
	for (uint32_t i = 0; i < d->n; i++) {
		if (d->state[i] == SAME)
			continue;
		if (begins_run(d, now, i)) {
			now = &ret->span[ret->count++];
			now->from = i * EF_SECTOR;
			now->is_blank = d->state[i] == BLANK;
		}
		now->to = end_of(d, i + 1);
	}
	for (size_t i = 0; i < ret->count; i++)
		ret->differ += ef_div_up(ret->span[i].to - ret->span[i].from, EF_SECTOR);
	ef_log(EF_LOG_DEBUG, "'%s': %u of %u sectors differ, in %zu runs (%u questions, %u ms)",
	       d->r->label, ret->differ, ret->sectors, ret->count, d->asked,
	       (unsigned)(d->spent_us / 1000u));
	return true;
}

bool ef_spans_all(struct ef_spans *ret, const struct ef_region *r, struct ef_err *err)
{
	ef_spans_release(ret);
	ret->span = calloc(1, sizeof(*ret->span));
	if (!ret->span)
		return ef_fail(err, EF_E_IO, "out of memory");
	ret->span[0].to = r->len;
	ret->count = 1;
	ret->sectors = ret->differ = ef_div_up(r->len, EF_SECTOR);
	return true;
}

bool ef_diff_find(struct ef_flasher *f, const struct ef_region *r, bool by_one,
		  struct ef_spans *ret, struct ef_err *err)
{
	struct diff d = { .f = f, .r = r, .n = ef_div_up(r->len, EF_SECTOR) };
	bool ok;

	ef_spans_release(ret);
	d.state = calloc(d.n, 1);
	if (!d.state)
		return ef_fail(err, EF_E_IO, "out of memory");
	ok = search(&d, by_one, err) && (by_one || find_blank(&d, err)) && make_spans(&d, ret, err);
	free(d.state);
	return ok;
}

void ef_spans_release(struct ef_spans *s)
{
	free(s->span);
	*s = (struct ef_spans){ .span = NULL };
}
