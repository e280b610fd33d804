/* SPDX-License-Identifier: MIT */
/*
 * Which questions the search for differing sectors asks, and what it makes of the answers. They
 * follow from the description at the head of diff.c: a few single sectors first, until one is the
 * same at the start, then groups of 16, 4 and 1, without what is known at their ends, and none
 * whose answer is known.
 */
#include "flasher/diff.h"
#include "rig/tap_port.h"
#include "work_rig.h"

#define ADDR 0x10000u
#define MAX  40

struct range {
	uint32_t from, count; /* sectors */
};

static struct range asked[MAX];
static unsigned asked_count;

static bool watch(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		  struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_SPI_FLASH_MD5) && asked_count < MAX)
		asked[asked_count++] = (struct range){ (tap_word(data, len, 0) - ADDR) / EF_SECTOR,
						       ef_div_up(tap_word(data, len, 1),
								 EF_SECTOR) };
	return tap_real->write(port, data, len, deadline_us, err);
}

/* The flash holds the content, but for these sectors. */
static const struct search {
	uint32_t sectors;
	struct range wrong, other; /* what the flash does not hold */
	bool is_fresh;             /* the flash is erased */
	unsigned count;
	struct range asked[24];
	unsigned spans;
	struct range span[2];
} cases[] = {
	/* few sectors: one question for all */
	{ 1, { 0, 1 }, { 0, 0 }, false, 1, { { 0, 1 } }, 1, { { 0, 1 } } },
	{ 4, { 2, 1 }, { 0, 0 }, false, 1, { { 0, 4 } }, 1, { { 0, 4 } } },
	{ 4, { 0, 0 }, { 0, 0 }, false, 1, { { 0, 4 } }, 0, { { 0, 0 } } },
	/* one group: its first sector, then the others */
	{ 5, { 0, 0 }, { 0, 0 }, false, 2, { { 0, 1 }, { 1, 4 } }, 0, { { 0, 0 } } },
	{ 16, { 0, 0 }, { 0, 0 }, false, 2, { { 0, 1 }, { 1, 15 } }, 0, { { 0, 0 } } },
	/* the first sector differs: another one tells whether the rest may be the same */
	{ 5, { 0, 1 }, { 0, 0 }, false, 3, { { 0, 1 }, { 3, 1 }, { 1, 4 } }, 1, { { 0, 1 } } },
	/* the group differs, and an edit is supposed */
	{ 16,
	  { 5, 1 },
	  { 0, 0 },
	  false,
	  10,
	  { { 0, 1 },
	    { 1, 15 },
	    { 1, 3 },
	    { 4, 4 },
	    { 8, 4 },
	    { 12, 4 },
	    { 4, 1 },
	    { 5, 1 },
	    { 6, 1 },
	    { 7, 1 } },
	  1,
	  { { 5, 1 } } },
	/* the last of four must be the one that differs */
	{ 16,
	  { 7, 1 },
	  { 0, 0 },
	  false,
	  9,
	  { { 0, 1 },
	    { 1, 15 },
	    { 1, 3 },
	    { 4, 4 },
	    { 8, 4 },
	    { 12, 4 },
	    { 4, 1 },
	    { 5, 1 },
	    { 6, 1 } },
	  1,
	  { { 7, 1 } } },
	/* the last group of four must be the one that differs: it is looked into at once */
	{ 16,
	  { 14, 1 },
	  { 0, 0 },
	  false,
	  9,
	  { { 0, 1 },
	    { 1, 15 },
	    { 1, 3 },
	    { 4, 4 },
	    { 8, 4 },
	    { 12, 1 },
	    { 13, 1 },
	    { 14, 1 },
	    { 15, 1 } },
	  1,
	  { { 14, 1 } } },
	/* more than a group: six probes; all differ, so the flash holds something else */
	{ 40,
	  { 0, 40 },
	  { 0, 0 },
	  false,
	  6,
	  { { 0, 1 }, { 10, 1 }, { 16, 1 }, { 23, 1 }, { 30, 1 }, { 36, 1 } },
	  1,
	  { { 0, 40 } } },
	/* nothing was ever written */
	{ 40, { 0, 0 }, { 0, 0 }, true, 1, { { 0, 1 } }, 1, { { 0, 40 } } },
	/* two runs */
	{ 16,
	  { 4, 4 },
	  { 9, 1 },
	  false,
	  14,
	  { { 0, 1 },
	    { 1, 15 },
	    { 1, 3 },
	    { 4, 4 },
	    { 8, 4 },
	    { 12, 4 },
	    { 4, 1 },
	    { 5, 1 },
	    { 6, 1 },
	    { 7, 1 },
	    { 8, 1 },
	    { 9, 1 },
	    { 10, 1 },
	    { 11, 1 } },
	  2,
	  { { 4, 4 }, { 9, 1 } } },
};

static void expect_spans(const struct ef_spans *spans, const struct range *want, unsigned count)
{
	ck_assert_uint_eq(spans->count, count);
	for (unsigned i = 0; i < count; i++) {
		ck_assert_uint_eq(spans->span[i].from, want[i].from * EF_SECTOR);
		ck_assert_uint_eq(spans->span[i].to, (want[i].from + want[i].count) * EF_SECTOR);
	}
}

static void find(struct work *w, const struct ef_region *region, struct ef_spans *ret)
{
	asked_count = 0;
	tap_open(w->rig.port)->write = watch;
	ck_ok(ef_diff_find(w->rig.f, region, false, ret, &w->rig.err), &w->rig.err);
	tap_close(w->rig.port);
}

START_TEST(questions)
{
	const struct search *s = &cases[_i];
	const struct sim_opts board = { .chip = "esp32c3" };
	uint32_t len = s->sectors * EF_SECTOR;
	uint8_t *data = work_content(len, false), *flash;
	const struct ef_region region = { ADDR, data, len, "app" };
	struct ef_spans spans = { 0 };
	struct work w;

	work_start(&w, &board, false);
	flash = sim_flash_mut(w.rig.sim) + ADDR;
	memcpy(flash, data, len);
	for (uint32_t i = 0; i < s->wrong.count; i++)
		flash[(s->wrong.from + i) * EF_SECTOR + 77] ^= 1;
	for (uint32_t i = 0; i < s->other.count; i++)
		flash[(s->other.from + i) * EF_SECTOR + 77] ^= 1;
	if (s->is_fresh)
		memset(flash, 0xff, len);
	find(&w, &region, &spans);
	for (unsigned i = 0; i < s->count && i < asked_count; i++)
		ck_assert_msg(asked[i].from == s->asked[i].from &&
				      asked[i].count == s->asked[i].count,
			      "question %u: %u sectors from %u", i, asked[i].count, asked[i].from);
	ck_assert_uint_eq(asked_count, s->count);
	expect_spans(&spans, s->span, s->spans);
	ck_assert_uint_eq(spans.sectors, s->sectors);
	ef_spans_release(&spans);
	work_done(&w);
	free(data);
}
END_TEST

/* Runs of 0xff in the content are erased and not sent; where the flash has them, nothing is. */
START_TEST(blank_runs)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	const uint32_t len = 8 * EF_SECTOR - 100;
	const struct range want[] = { { 0, 3 }, { 3, 2 }, { 5, 3 } };
	uint8_t *data = work_content(len, false);
	const struct ef_region region = { ADDR, data, len, "app" };
	struct ef_spans spans = { 0 };
	struct work w;

	work_start(&w, &board, false);
	memset(data + 3 * EF_SECTOR, 0xff, 2 * EF_SECTOR);
	if (_i)
		memset(sim_flash_mut(w.rig.sim) + ADDR + 3 * EF_SECTOR, 0xff, 2 * EF_SECTOR);
	find(&w, &region, &spans);
	ck_assert_uint_eq(asked[asked_count - 1].from, 3);
	ck_assert_uint_eq(asked[asked_count - 1].count, 2);
	ck_assert_uint_eq(spans.count, _i ? 2 : 3);
	for (unsigned i = 0; i < spans.count; i++) {
		const struct range *r = &want[_i && i ? 2 : i];

		ck_assert_uint_eq(spans.span[i].from, r->from * EF_SECTOR);
		ck_assert_uint_eq(spans.span[i].to,
				  r->from == 5 ? len : (r->from + r->count) * EF_SECTOR);
		ck_assert_int_eq(spans.span[i].is_blank, r->from == 3);
	}
	ck_assert_uint_eq(spans.bytes, (_i ? 6 : 8) * EF_SECTOR - 100);
	ef_spans_release(&spans);
	work_done(&w);
	free(data);
}
END_TEST

Suite *suite_diff_questions(void);
Suite *suite_diff_questions(void)
{
	Suite *s = suite_create("diff_questions");
	TCase *t = tcase_create("diff_questions");

	tcase_add_loop_test(t, questions, 0, EF_ARRAY_LEN(cases));
	tcase_add_loop_test(t, blank_runs, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
