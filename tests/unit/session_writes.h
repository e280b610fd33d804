/* SPDX-License-Identifier: MIT */
/* What the sessions write. */
#ifndef SESSION_WRITES_H
#define SESSION_WRITES_H

#include "flasher/deflate_all.h"
#include "session_rig.h"

/* Content that can't be compressed, so that blocks begin at the same places with any library. */
#define MAX 0x9000u
static uint8_t content[MAX], filled[MAX];

static inline const uint8_t *random_content(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < MAX; i++) {
		x = x * 1664525u + 1013904223u;
		content[i] = (uint8_t)(x >> 24);
	}
	return content;
}

/* What the flash holds already, but for a byte in some sectors. */
static inline const uint8_t *filled_content(void)
{
	memset(filled, 0x5a, MAX);
	filled[0x1234] = filled[0x3fff] = filled[0x7000] = 0;
	return filled;
}

/* How much a stub gets depends on the library that compresses. */
static inline void tell_stats(const struct rig *r, const struct ef_write_stats *stats)
{
	bool is_rom = r->f->rom.loader == EF_LOADER_ROM;

	tell("wrote %llu, skipped %llu, sent %llu\n", (unsigned long long)stats->bytes,
	     (unsigned long long)stats->skipped,
	     is_rom ? (unsigned long long)stats->wire_bytes : 0);
	ck_assert_uint_le(stats->wire_bytes, 100 + 20 * stats->bytes);
	ck_assert(is_rom || !stats->bytes || stats->wire_bytes > 0);
}

static inline bool write_these(struct rig *r, const struct ef_region *regions, size_t count,
			       struct ef_write_opts opts)
{
	struct ef_write_stats stats = { 0 };
	bool ok = plain_write(r->f, regions, count, &opts, &stats, &r->err);

	tell_stats(r, &stats);
	ck_assert(!ok || stats.elapsed_us < sim_now_us(r->sim));
	return ok;
}

static inline bool do_short(struct rig *r)
{
	const struct ef_region region = { 0x10000, random_content(), 0x2345, "app" };

	return write_these(r, &region, 1, (struct ef_write_opts){ .no_verify = false });
}

static inline bool do_long(struct rig *r)
{
	const struct ef_region region = { 0x10000, random_content(), MAX, "app" };

	return write_these(r, &region, 1, (struct ef_write_opts){ .no_verify = false });
}

static inline bool do_differing(struct rig *r)
{
	const struct ef_region region = { 0x8000, filled_content(), MAX, "app" };

	return write_these(r, &region, 1, (struct ef_write_opts){ .no_verify = false });
}

static inline bool do_same(struct rig *r)
{
	const struct ef_region region = { 0x8000, filled_content() + 0x5000, 0x1f00, "same" };

	return write_these(r, &region, 1, (struct ef_write_opts){ .no_verify = false });
}

/* An empty one, one that begins and ends with erased flash, and one that is all erased. */
static inline bool do_several(struct rig *r)
{
	static uint8_t blank[0x6000];
	const struct ef_region regions[] = {
		{ 0x1000, blank, 0, "empty" },
		{ 0x2000, blank, 0x5003, "mostly blank" },
		{ 0x8000, random_content(), 0x1001, "table" },
		{ 0xa000, blank + 0x1000, 0x1000, "blank" },
	};

	memset(blank, 0xff, sizeof(blank));
	memset(blank + 0x2fe0, 0x11, 0x40);
	return write_these(r, regions, 4, (struct ef_write_opts){ .no_verify = false });
}

/* Erased flash over three boundaries of the erase's steps, and one byte in its midst */
static inline bool do_blank(struct rig *r)
{
	static uint8_t blank[0x260000];
	const struct ef_region region = { 0xc0000, blank, sizeof(blank), "blank" };

	memset(blank, 0xff, sizeof(blank));
	blank[0x123456] = 0x11;
	return write_these(r, &region, 1, (struct ef_write_opts){ .no_verify = false });
}

static inline bool do_unchecked(struct rig *r)
{
	const struct ef_region region = { 0x8000, filled_content(), 0x4000, "app" };

	return write_these(r, &region, 1,
			   (struct ef_write_opts){ .no_verify = true, .no_skip = true });
}

static inline bool do_unaligned(struct rig *r)
{
	const struct ef_region region = { 0x8010, random_content(), 0x100, "app" };

	return write_these(r, &region, 1, (struct ef_write_opts){ .no_verify = false });
}

static inline bool do_beyond(struct rig *r)
{
	const struct ef_region region = { 0xff000, random_content(), 0x1001, "app" };

	return write_these(r, &region, 1, (struct ef_write_opts){ .no_verify = false });
}

static inline bool write_encrypted(struct rig *r, const uint8_t *data, uint32_t len)
{
	struct ef_plan_region region = { .region = { 0x10000, data, len, "app" },
					 .encrypts = true };
	const struct ef_plan plan = { .regions = &region,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_checked *checked = NULL;
	struct ef_write_stats stats = { 0 };
	bool ok = ef_flasher_check(r->f, &plan, true, NULL, &checked, &r->err) &&
		  ef_flasher_write(r->f, checked, &(struct ef_write_opts){ .no_verify = false },
				   &stats, &r->err);

	tell_stats(r, &stats);
	return ok;
}

static inline bool do_encrypted(struct rig *r)
{
	return write_encrypted(r, random_content(), 0x3010);
}

/* More than the loader is given at once, and a part of a sector. */
static inline bool do_encrypted_long(struct rig *r)
{
	static uint8_t data[0x50010];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 4096);
	return write_encrypted(r, data, sizeof(data));
}

/* Whether blocks are cut from a whole stream; without libdeflate they are made one by one. */
static inline bool cuts_blocks(void)
{
	uint8_t *made = NULL;
	uint32_t len;
	bool ok = ef_deflate_all(random_content(), 0x100, &made, &len);

	free(made);
	return ok;
}

#define C3 .board = { .chip = "esp32c3" }

#define LOCKED .board = { .chip = "esp32c3", .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT }

#define FILLED .flash_filled = 0x20000

#endif
