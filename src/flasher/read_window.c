/* SPDX-License-Identifier: MIT */
/*
 * Reads a window of flash and proves that the content is right. After a fault, what arrived is
 * kept as far as the chip's MD5 proves it, and only the rest is read again. While faults
 * repeat, packets get shorter.
 */
#include "flasher/read_window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#include "base/hash.h"
#include "flasher/read_part.h"

/* On a bad line, read and prove this many packets before the next ones. */
#define CHUNK_PACKETS 64u
/* Reading this many bytes again costs as much as a request, its answer and the MD5. */
#define BRIDGE (2u * EF_KIB)
/* This many bytes prove that the right address was read. */
#define SAMPLE EF_KIB
/* Content between two progress events */
#define SHOW_EVERY (16u * EF_KIB)
/*
 * If one of this few packets is damaged, packets are too long. Among more, the MD5 proof counts the
 * damaged ones.
 */
#define FEW_PACKETS 3u
/* Deep enough to halve a window down to a unit. */
#define HALVES 32u

/* The last event of a reading comes when all is proved. */
static void show(struct read_window *w, uint32_t got)
{
	struct reading *r = w->reading;
	uint32_t done = w->addr - r->addr + got;

	if (done < r->len && done >= r->shown + SHOW_EVERY) {
		r->shown = done;
		ef_event_progress(r->f, EF_STAGE_READ, r->label, r->addr, done, r->len);
	}
}

static void arrived(void *ctx, uint32_t from, uint32_t to)
{
	struct read_window *w = ctx;

	read_map_arrived(&w->map, w->arrived_at + from, w->arrived_at + to);
	show(w, w->arrived_at + to);
}

static void count_proved(struct read_window *w, struct read_range range)
{
	read_map_set(&w->map, range, READ_PROVED);
	ef_recover_progress(w->f, EF_WORK_READ);
	ef_recover_passed(w->f, range.to - range.from);
	w->least_missing = UINT32_MAX; /* if the step fails now, it made progress nevertheless */
}

/* *ret: whether the bytes that arrived match the flash. */
static bool is_right(struct read_window *w, struct read_range range, bool *ret, struct ef_err *err)
{
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];
	uint32_t len = range.to - range.from;

	if (!ef_rom_flash_md5(&w->f->rom, w->addr + range.from, len, got, err))
		return false;
	ef_md5(w->buf + range.from, len, want);
	*ret = memcmp(want, got, sizeof(want)) == 0;
	return true;
}

/* ---- proofs ---- */

/* The packet size for the present state of the line: shorter packets are more likely to arrive. */
static uint32_t packet_size(const struct ef_flasher *f)
{
	uint32_t packet = f->form.read_packet ? f->form.read_packet : EF_READ_PACKET;

	return f->recovery.part && f->recovery.part < packet ? f->recovery.part : packet;
}

/* `faults` of the last `packets` packets were damaged. */
static void adapt(struct ef_flasher *f, unsigned faults, unsigned packets)
{
	const struct ef_piece_budgets *b = &ef_budgets.pieces;
	uint32_t part = f->recovery.part ? f->recovery.part : EF_READ_PACKET;

	if (4 * faults > packets)
		part /= 2 * faults > packets ? b->shrink : b->grow;
	else if (16 * faults < packets && packets >= 8)
		part *= b->grow;
	part = part < b->least ? b->least : part;
	f->recovery.part = part < EF_READ_PACKET ? part : 0;
}

/* A smaller part is not worth another request: it is read again. */
static uint32_t leaf_size(const struct ef_flasher *f)
{
	uint32_t leaf = packet_size(f) / READ_UNIT * READ_UNIT;

	if (f->rom.loader == EF_LOADER_ROM)
		return 2 * READ_UNIT;
	return leaf < ef_budgets.pieces.least ? ef_budgets.pieces.least : leaf;
}

/* The ranges that still need a request, the next one last. */
struct halves {
	struct half {
		struct read_range range;
		bool is_left; /* its other half is the next one */
		/* known without a request: the whole was wrong, its left half right */
		bool is_wrong;
	} half[HALVES];
	unsigned count;
};

static void split(struct halves *h, struct read_range range, uint32_t leaf)
{
	uint32_t mid = range.from + ef_div_up(range.to - range.from, leaf) / 2 * leaf;

	assert(h->count + 2 <= HALVES);
	h->half[h->count++] = (struct half){ .range = { mid, range.to } };
	h->half[h->count++] = (struct half){ .range = { range.from, mid }, .is_left = true };
}

/*
 * Keep the parts of a run that the chip's MD5 proves: halve it, down to leaves, which are read
 * again. *wrong counts the leaves.
 */
static bool prove_run(struct read_window *w, struct read_range run, unsigned *wrong,
		      struct ef_err *err)
{
	uint32_t leaf = leaf_size(w->f);
	struct halves h = { .half[0].range = run, .count = 1 };

	while (h.count) {
		const struct half half = h.half[--h.count];
		bool ok = false;

		if (!half.is_wrong && !is_right(w, half.range, &ok, err))
			return false;
		if (ok) {
			count_proved(w, half.range);
			if (half.is_left)
				h.half[h.count - 1].is_wrong = true;
		} else if (half.range.to - half.range.from > leaf) {
			split(&h, half.range, leaf);
		} else {
			read_map_set(&w->map, half.range, READ_MISSING);
			++*wrong;
		}
	}
	return true;
}

static bool prove(struct read_window *w, uint32_t first, uint32_t limit, struct ef_err *err)
{
	unsigned wrong = 0, leaves = ef_div_up(limit - first, leaf_size(w->f));
	uint32_t from = read_map_first(&w->map, first, READ_ARRIVED);

	while (from < limit) {
		struct read_range run = read_map_run(&w->map, from, limit, READ_ARRIVED);

		if (!prove_run(w, run, &wrong, err))
			return false;
		from = read_map_first(&w->map, run.to, READ_ARRIVED);
	}
	if (wrong)
		adapt(w->f, wrong, leaves);
	/* a packet's fault was counted already, so damage that came with it is not counted again */
	if (!wrong || w->is_counted) {
		w->is_counted = false;
		return true;
	}
	return ef_fail(err, EF_E_VERIFY, "the data received does not match the chip's MD5");
}

static bool is_uniform(const uint8_t *p, uint32_t len)
{
	return memcmp(p, p + 1, len - 1) == 0;
}

/*
 * READ_FLASH has no checksum over its address, and the stub's MD5 covers what it sent. So where
 * something was damaged in this session, a sample of the range is compared, one that is not the
 * same everywhere. A line without damage pays for no second check.
 */
static struct read_range sample_of(const struct read_window *w, struct read_range range)
{
	for (uint32_t at = range.from; range.to - at >= SAMPLE; at += SAMPLE)
		if (!is_uniform(w->buf + at, SAMPLE))
			return (struct read_range){ at, at + SAMPLE };
	return range;
}

static bool take_sample(struct read_window *w, struct read_range range, struct ef_err *err)
{
	bool ok;

	if (!is_right(w, sample_of(w, range), &ok, err))
		return false;
	if (!ok)
		return ef_fail(err, EF_E_VERIFY,
			       "the data received does not match the MD5 of its address");
	count_proved(w, range);
	return true;
}

/* ---- reading ---- */

/* Get the range from the loader. Packets that come whole count as arrived, even if others don't. */
static bool receive(struct read_window *w, struct read_part *p, struct ef_err *err)
{
	struct ef_flasher *f = w->f;
	uint64_t start_us = ef_port_now_us(f->port);
	bool ok;

	w->arrived_at = p->addr - w->addr;
	ok = f->rom.loader == EF_LOADER_STUB ? read_part_stub(f, p, err) : read_part_rom(f, p, err);
	w->reading->is_in_doubt |= p->is_in_doubt;
	if (!ok)
		return false;
	ef_log(EF_LOG_DEBUG, "0x%08x: %u bytes read in %u ms", p->addr, p->len,
	       (unsigned)((ef_port_now_us(f->port) - start_us) / 1000));
	return true;
}

/* The range came incomplete or wrong. True: it is complete, and its proof finds what is wrong. */
static bool take_damaged(struct read_window *w, const struct read_part *p, struct ef_err *err)
{
	struct ef_flasher *f = w->f;

	if (p->damaged) {
		adapt(f, p->damaged, p->packets);
	} else if (err->fault.kind == EF_FAULT_DIFFERS) {
		/* a flipped bit */
		if (p->packets <= FEW_PACKETS)
			adapt(f, 1, p->packets);
		f->recovery.is_bad_line = true;
		ef_err_clear(err);
		return true;
	}
	w->is_counted = true;
	return false;
}

static bool read_range(struct read_window *w, struct read_range range, struct ef_err *err)
{
	struct ef_flasher *f = w->f;
	bool is_proof_next = f->recovery.is_bad_line || f->rom.loader != EF_LOADER_STUB;
	struct read_part p = {
		.addr = w->addr + range.from,
		.len = range.to - range.from,
		.packet = packet_size(f),
		.buf = w->buf + range.from,
		.arrived = arrived,
		.ctx = w,
	};

	if (!receive(w, &p, err))
		return take_damaged(w, &p, err);
	adapt(f, 0, p.packets);
	if (is_proof_next)
		return true;
	if (f->recovery.damages)
		return take_sample(w, range, err);
	count_proved(w, range);
	return true;
}

/* On a bad line, what arrives is proved in short pieces. */
static uint32_t chunk_end(const struct read_window *w, uint32_t first)
{
	const struct ef_flasher *f = w->f;
	uint32_t piece = f->rom.loader == EF_LOADER_STUB ? packet_size(f) : READ_UNIT;
	uint32_t chunk = CHUNK_PACKETS * piece;

	return f->recovery.is_bad_line && chunk < w->map.len - first ? first + chunk : w->len;
}

static bool read_rest(struct read_window *w, struct ef_err *err)
{
	uint32_t bridge = w->f->rom.loader == EF_LOADER_STUB ? BRIDGE : 0;

	for (;;) {
		uint32_t missing = read_map_first(&w->map, 0, READ_MISSING);
		uint32_t first = read_map_first(&w->map, 0, READ_ARRIVED), limit;
		struct read_range range;

		first = missing < first ? missing : first;
		if (first == w->len)
			return true;
		if (!ef_recover_climb(w->f, w->reading->addr + w->reading->len - w->addr - first,
				      err))
			return false;
		limit = chunk_end(w, first);
		range = read_map_missing(&w->map, limit, bridge);
		if (!(range.from < range.to ? read_range(w, range, err)
					    : prove(w, first, limit, err)))
			return false;
	}
}

/* Whenever fewer bytes are missing than ever before, that is progress. */
static void note_progress(struct read_window *w)
{
	uint32_t missing = read_map_count(&w->map, w->len, READ_MISSING);

	if (missing < w->least_missing) {
		w->least_missing = missing;
		ef_recover_progress(w->f, EF_WORK_READ);
	}
}

/* Try once to read the rest of the window. */
static bool read_step(void *ctx, struct ef_err *err)
{
	struct read_window *w = ctx;
	struct ef_recovery *r = &w->f->recovery;
	uint32_t patience_ms = r->patience_ms;
	bool ok;

	/* a chip that reads isn't busy, and a silence over such a line most likely is a loss */
	if (r->is_bad_line && patience_ms == ef_budgets.patience.ms)
		r->patience_ms = ef_budgets.patience.reading_ms;
	ok = read_rest(w, err);
	r->patience_ms = patience_ms;
	if (!ok)
		note_progress(w);
	return ok;
}

static void read_again(void *ctx, const struct ef_err *cause)
{
	struct read_window *w = ctx;
	uint32_t at = w->addr + read_map_first(&w->map, 0, READ_MISSING);

	/* a port that went away proves nothing about the line, so the summary leaves it out */
	if (ef_is_port_gone(cause) || ++w->reading->faults <= READ_FAULTS_SHOWN)
		ef_event_warn(w->f, "reading 0x%08x again: %s", at, cause->msg);
	else
		ef_log(EF_LOG_DEBUG, "reading 0x%08x again: %s", at, cause->msg);
}

bool read_window(struct read_window *w, uint32_t addr, uint32_t len, struct ef_err *err)
{
	struct ef_try t = {
		.work = EF_WORK_READ, .step = read_step, .again = read_again, .ctx = w
	};

	w->addr = addr;
	w->len = w->map.len = len;
	w->least_missing = UINT32_MAX;
	w->is_counted = false;
	read_map_set(&w->map, (struct read_range){ 0, w->len }, READ_MISSING);
	return ef_try(w->f, &t, err);
}

struct read_window *read_window_new(struct reading *r)
{
	struct read_window *w = calloc(1, sizeof(*w));
	uint8_t *buf = malloc(r->len < READ_WINDOW ? r->len + 1u : READ_WINDOW);

	if (!w || !buf) {
		free(w);
		free(buf);
		return NULL;
	}
	w->reading = r;
	w->f = r->f;
	w->buf = buf;
	return w;
}

void read_window_free(struct read_window *w)
{
	free(w->buf);
	free(w);
}
