/* SPDX-License-Identifier: MIT */
/* Extends flasher_rig.h with content to write and checks of the progress events. */
#ifndef WORK_RIG_H
#define WORK_RIG_H

#include "base/bytes.h"
#include "flasher_rig.h"

#define WORK_FLASH (4u << 20)

struct work {
	struct rig rig;
	uint8_t *before; /* a copy of the flash before the work */
	/* the progress that is under way; total UINT64_MAX: none is */
	uint64_t done, total;
	enum ef_stage stage;
	unsigned finished[EF_STAGE_RAM + 1]; /* progresses that reached their total */
	unsigned skipped, verified, written;
};

static inline void work_event(void *user, const struct ef_event *e)
{
	struct work *w = user;

	rig_event(&w->rig, e);
	w->skipped += e->kind == EF_EVENT_SKIPPED;
	w->verified += e->kind == EF_EVENT_VERIFIED;
	w->written += e->kind == EF_EVENT_WRITTEN;
	if (e->kind != EF_EVENT_PROGRESS)
		return;
	if (w->total == UINT64_MAX) {
		ck_assert_uint_eq(e->done, 0);
	} else {
		ck_assert_int_eq(e->stage, w->stage);
		ck_assert_uint_eq(e->total, w->total);
		ck_assert(e->done >= w->done);
	}
	ck_assert_uint_le(e->done, e->total);
	w->stage = e->stage;
	w->done = e->done;
	w->total = e->total;
	if (e->done == e->total && e->total) {
		w->finished[e->stage]++;
		w->total = UINT64_MAX;
	}
}

/* Content that zlib can compress, or pseudo-random bytes. free() it. */
static inline uint8_t *work_content(uint32_t len, bool compressible)
{
	uint8_t *p = malloc(len ? len : 1);
	uint32_t x = len;

	ck_assert_ptr_nonnull(p);
	for (uint32_t i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = compressible ? (uint8_t)(i / 97 % 7 * 31) : (uint8_t)(x >> 24);
	}
	return p;
}

/* Connects to such a board and fills its flash with 0x5a. */
static inline void work_start(struct work *w, const struct sim_opts *sim_opts, bool no_stub)
{
	memset(w, 0, sizeof(*w));
	w->total = UINT64_MAX;
	rig_power(&w->rig, sim_opts);
	w->rig.opts.event = work_event;
	w->rig.opts.event_user = w;
	w->rig.opts.no_stub = no_stub;
	if (sim_opts->secure_download)
		w->rig.opts.chip = ef_chip_by_name(sim_opts->chip);
	ck_ok(rig_connect(&w->rig), &w->rig.err);
	memset(sim_flash_mut(w->rig.sim), 0x5a, WORK_FLASH);
	w->before = malloc(WORK_FLASH);
	ck_assert_ptr_nonnull(w->before);
	memcpy(w->before, sim_flash(w->rig.sim, NULL), WORK_FLASH);
}

static inline void work_done(struct work *w)
{
	ck_assert_msg(w->total == UINT64_MAX || w->rig.err.code != EF_OK, "a progress did not end");
	free(w->before);
	rig_done(&w->rig);
}

/* The flash holds data at addr, the rest of its last sector is erased, nothing else changed. */
static inline void work_check(const struct work *w, uint32_t addr, const uint8_t *data,
			      uint32_t len)
{
	const uint8_t *flash = sim_flash(w->rig.sim, NULL);
	uint32_t end = (addr + len + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR;

	ck_assert_msg(memcmp(flash + addr, data, len) == 0, "the content differs");
	for (uint32_t i = addr + len; i < end; i++)
		ck_assert_uint_eq(flash[i], 0xff);
	/* the protocol can't prevent that on a line that damages requests; then it must be said */
	if (strstr(w->rig.said, "flash outside of"))
		return;
	ck_assert_msg(memcmp(flash, w->before, addr) == 0, "something before was changed");
	ck_assert_msg(memcmp(flash + end, w->before + end, WORK_FLASH - end) == 0,
		      "something behind was changed");
}

#endif
