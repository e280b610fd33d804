/* SPDX-License-Identifier: MIT */
/*
 * The second flash of a program: only what differs is written, the flash holds the
 * whole content afterwards, and looking for differences costs little where there are no
 * equal sectors. Expected are counts of sectors that follow from the edit.
 */
#include "ck_ef.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rig/plain_plan.h"
#include "work_rig.h"

#define ADDR    0x10000u
#define LEN     (600u * 1024u + 700u)
#define SECTORS 151u

/* The parts of the content that change, as offset and length. */
static const struct edit {
	const char *what;
	uint32_t at[4][2];
	unsigned sectors;
	bool no_stub;
} edits[] = {
	{ "one byte", { { 0x12345, 1 } }, 1, false },
	{ "the first and the last byte", { { 0, 1 }, { LEN - 1, 1 } }, 2, false },
	{ "a string, and both ends as ESP-IDF's hashes do",
	  { { 0xb0, 32 }, { 0x40321, 20 }, { LEN - 32, 32 } },
	  3,
	  false },
	{ "two spots and both ends",
	  { { 0, 1 }, { 0x20fff, 2 }, { 0x70000, 0x1800 }, { LEN - 1, 1 } },
	  6,
	  false },
	{ "a probed sector", { { 75 * 0x1000, 4 } }, 1, false },
	{ "64 KiB", { { 0x30000, 0x10000 } }, 16, false },
	{ "a byte, by the ROM", { { 0x12345, 1 } }, 1, true },
};

static void change(uint8_t *data, const struct edit *e)
{
	for (size_t i = 0; i < 4; i++)
		for (uint32_t k = 0; k < e->at[i][1]; k++)
			data[e->at[i][0] + k] ^= 0x55;
}

static void write_over(struct work *w, const uint8_t *data, struct ef_write_stats *stats)
{
	const struct ef_region r = { ADDR, data, LEN, "app" };
	const struct ef_write_opts opts = { 0 };

	ck_ok(plain_write(w->rig.f, &r, 1, &opts, stats, &w->rig.err), &w->rig.err);
	ck_assert(memcmp(sim_flash(w->rig.sim, NULL) + ADDR, data, LEN) == 0);
}

/* Writes what is there, but for the edit. Only its sectors are erased and written. */
START_TEST(only_what_differs)
{
	const struct edit *e = &edits[_i];
	const struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	uint8_t *data = work_content(LEN, false);
	struct ef_write_stats stats;
	char number[EF_NUMBER_SIZE], says[80];
	uint64_t erased;
	struct work w;

	work_start(&w, &sim, e->no_stub);
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, LEN);
	change(data, e);
	erased = sim_erased_bytes(w.rig.sim);
	write_over(&w, data, &stats);
	ck_assert_msg(stats.bytes <= e->sectors * 0x1000u, "%s: %u bytes", e->what,
		      (unsigned)stats.bytes);
	ck_assert_uint_eq(stats.bytes + stats.skipped, LEN);
	ck_assert_uint_eq(sim_erased_bytes(w.rig.sim) - erased, e->sectors * 0x1000u);
	ck_assert_uint_eq(w.verified, 1);
	(void)snprintf(says, sizeof(says), "app: %u of 151 sectors differ: %s bytes are written",
		       e->sectors, ef_number(number, stats.bytes));
	rig_says(&w.rig, says);
	work_done(&w);
	free(data);
}
END_TEST

/* An insertion shifts what is behind it: the part before stays. */
START_TEST(insertion)
{
	const struct sim_opts sim = { .chip = "esp32", .is_paced = true };
	uint8_t *data = work_content(LEN, false);
	const uint32_t at = 0x50800;
	struct ef_write_stats stats;
	struct work w;

	work_start(&w, &sim, false);
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, LEN);
	memmove(data + at + 4, data + at, LEN - at - 4);
	write_over(&w, data, &stats);
	ck_assert_uint_eq(stats.skipped, 0x50000);
	work_done(&w);
	free(data);
}
END_TEST

/* How long it takes to write over this flash; NULL: it holds something else everywhere. */
static uint64_t time_to_write(const uint8_t *data, const uint8_t *flash, uint32_t rate_hz,
			      bool no_skip)
{
	const struct sim_opts sim = { .chip = "esp32", .is_paced = true };
	const struct ef_write_opts opts = { .no_skip = no_skip };
	const struct ef_region r = { ADDR, data, LEN, "app" };
	struct ef_write_stats stats;
	struct work w;

	memset(&w, 0, sizeof(w));
	w.total = UINT64_MAX;
	rig_power(&w.rig, &sim);
	w.rig.opts.rate_hz = rate_hz;
	ck_ok(rig_connect(&w.rig), &w.rig.err);
	memset(sim_flash_mut(w.rig.sim), 0x5a, WORK_FLASH);
	if (flash)
		memcpy(sim_flash_mut(w.rig.sim) + ADDR, flash, LEN);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, &stats, &w.rig.err), &w.rig.err);
	ck_assert(memcmp(sim_flash(w.rig.sim, NULL) + ADDR, data, LEN) == 0);
	work_done(&w);
	return stats.elapsed_us;
}

static void expect_percent_at(uint32_t rate_hz, const uint8_t *data, const uint8_t *flash,
			      unsigned percent)
{
	uint64_t with = time_to_write(data, flash, rate_hz, false);
	uint64_t without = time_to_write(data, flash, rate_hz, true);

	ck_assert_msg(with * 100 <= without * percent, "%u ms, without a search %u ms",
		      (unsigned)(with / 1000), (unsigned)(without / 1000));
}

static void expect_percent(const uint8_t *data, const uint8_t *flash, unsigned percent)
{
	expect_percent_at(921600, data, flash, percent);
}

/* A full relink and a fresh board: the search costs less than 3 % of the write. */
START_TEST(search_is_cheap_where_nothing_is_the_same)
{
	uint8_t *data = work_content(LEN, false), *blank = work_content(LEN, false);

	memset(blank, 0xff, LEN);
	expect_percent(data, _i ? blank : NULL, 103);
	free(blank);
	free(data);
}
END_TEST

/* Behind an insertion everything is shifted; before it, nothing is. Then half of it is saved. */
START_TEST(search_is_cheap_behind_an_insertion)
{
	static const struct {
		uint32_t at;
		unsigned percent;
	} at[] = { { 0x100, 103 }, { 0x1100, 103 }, { LEN / 8, 103 }, { LEN / 2, 60 } };
	uint8_t *data = work_content(LEN, false), *flash = work_content(LEN, false);

	memmove(data + at[_i].at + 4, data + at[_i].at, LEN - at[_i].at - 4);
	expect_percent(data, flash, at[_i].percent);
	free(flash);
	free(data);
}
END_TEST

/*
 * One sector differs in so many, all over the region: the search finds them, if that saves time,
 * and costs little else.
 */
START_TEST(scattered_sectors_are_found)
{
	static const struct {
		uint32_t every;
		unsigned percent; /* of the time to write all */
	} edit[] = { { 16, 35 }, { 8, 50 }, { 4, 75 }, { 2, 108 } };
	uint8_t *data = work_content(LEN, false), *flash = work_content(LEN, false);

	for (uint32_t i = edit[_i].every / 3; i * EF_SECTOR < LEN; i += edit[_i].every)
		data[i * EF_SECTOR] ^= 1;
	expect_percent(data, flash, edit[_i].percent);
	free(flash);
	free(data);
}
END_TEST

/*
 * Each block of 64 KiB has sectors that need not be written: they are the same, or blank. Without
 * them the chip would have to erase the others one by one, which takes longer than to write it
 * whole. The wire is fast enough for that, or the content shrinks.
 */
START_TEST(blocks_are_erased_at_once)
{
	uint8_t *data = work_content(LEN, _i >= 2), *flash = work_content(LEN, _i >= 2);
	bool is_blank = _i % 2;

	memset(flash, 0x5a, LEN);
	for (uint32_t at = 5 * EF_SECTOR; at + 3 * EF_SECTOR < LEN; at += 16 * EF_SECTOR) {
		if (is_blank)
			memset(data + at, 0xff, (size_t)3 * EF_SECTOR);
		else
			memcpy(flash + at, data + at, (size_t)3 * EF_SECTOR);
	}
	memcpy(flash, data, EF_SECTOR);
	expect_percent_at(_i >= 2 ? 460800 : 921600, data, flash, 105);
	free(flash);
	free(data);
}
END_TEST

/* Nothing differs: nothing is written. */
START_TEST(the_same_again)
{
	const struct sim_opts sim = { .chip = "esp32s3", .is_paced = true };
	uint8_t *data = work_content(LEN, false);
	struct ef_write_stats stats;
	struct work w;

	work_start(&w, &sim, false);
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, LEN);
	write_over(&w, data, &stats);
	ck_assert_uint_eq(stats.bytes, 0);
	ck_assert_uint_eq(w.skipped, 1);
	ck_assert_uint_eq(sim_requests(w.rig.sim, EF_OP_FLASH_DEFL_BEGIN), 0);
	work_done(&w);
	free(data);
}
END_TEST

/* A line that loses and flips bytes while an edited program is written: the result is right. */
START_TEST(edit_over_a_bad_line)
{
	struct sim_opts sim = { .chip = "esp32c3", .is_paced = true };
	uint8_t *data = work_content(LEN, false);
	struct ef_write_stats stats;
	struct work w;

	work_start(&w, &sim, false);
	memcpy(sim_flash_mut(w.rig.sim) + ADDR, data, LEN);
	change(data, &edits[3]);
	sim.faults.noise_every = 3000;
	sim.faults.noise_seed = 7u * (unsigned)_i + 1;
	sim_set_faults(w.rig.sim, &sim.faults);
	write_over(&w, data, &stats);
	work_done(&w);
	free(data);
}
END_TEST

Suite *suite_diff(void);
Suite *suite_diff(void)
{
	Suite *s = suite_create("diff");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, only_what_differs, 0, (int)EF_ARRAY_LEN(edits));
	tcase_add_test(t, insertion);
	tcase_add_loop_test(t, search_is_cheap_where_nothing_is_the_same, 0, 2);
	tcase_add_loop_test(t, search_is_cheap_behind_an_insertion, 0, 4);
	tcase_add_loop_test(t, scattered_sectors_are_found, 0, 4);
	tcase_add_loop_test(t, blocks_are_erased_at_once, 0, 4);
	tcase_add_test(t, the_same_again);
	tcase_add_loop_test(t, edit_over_a_bad_line, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
