/* SPDX-License-Identifier: MIT */
/*
 * The second flash of a program: only what differs is written, the flash holds the
 * whole content afterwards, and looking for differences costs little where there are no
 * equal sectors. Expected are counts of sectors that follow from the edit.
 */
#include "ck_ef.h"

#include <stdlib.h>
#include <string.h>

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
	rig_says(&w.rig, "of 151 sectors differ");
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

static uint64_t time_to_write(bool no_skip, bool is_blank)
{
	const struct sim_opts sim = { .chip = "esp32", .is_paced = true };
	const struct ef_write_opts opts = { .no_skip = no_skip };
	uint8_t *data = work_content(LEN, false);
	const struct ef_region r = { ADDR, data, LEN, "app" };
	struct ef_write_stats stats;
	uint64_t took_us;
	struct work w;

	work_start(&w, &sim, false);
	if (is_blank)
		memset(sim_flash_mut(w.rig.sim), 0xff, WORK_FLASH);
	ck_ok(plain_write(w.rig.f, &r, 1, &opts, &stats, &w.rig.err), &w.rig.err);
	took_us = stats.elapsed_us;
	work_done(&w);
	free(data);
	return took_us;
}

/* A full relink and a fresh board: the search costs less than 3 % of the write. */
START_TEST(search_is_cheap_where_nothing_is_the_same)
{
	uint64_t with = time_to_write(false, _i), without = time_to_write(true, _i);

	ck_assert_msg(with * 100 <= without * 103, "%u ms, without a search %u ms",
		      (unsigned)(with / 1000), (unsigned)(without / 1000));
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
	tcase_add_test(t, the_same_again);
	tcase_add_loop_test(t, edit_over_a_bad_line, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
