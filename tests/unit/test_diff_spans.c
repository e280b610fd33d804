/* SPDX-License-Identifier: MIT */
/*
 * What is written, once it is known which sectors differ. The costs of a stub at 921600 baud follow
 * from the data sheet's times (45 ms for a sector, 150 ms for 64 KiB, 6.554 ms to program a sector)
 * and ten bits a byte, packed to 60 %.
 */
#include "ck_ef.h"

#include <string.h>

#include "flasher/diff_priv.h"
#include "work_rig.h"

#define SECTOR_US (45000u + 6554u)
#define BLOCK_US  26664u /* the wire, which is slower than 150 ms / 16 + 6.554 ms */
#define TRIP_US   3000u

/* One letter for each sector: '.' same, 'x' differs, '?' unknown, '_' to be erased. */
static const struct {
	const char *sectors;
	uint32_t head;       /* sectors of a block before the first one */
	const char *written; /* '.' no, '|' begins a run, '-' continues it */
	uint32_t differ, in_doubt;
} cases[] = {
	{ "................", 0, "................", 0, 0 },
	{ "...x............", 0, "...|............", 1, 0 },
	{ "x......x.......x", 0, "|......|.......|", 3, 0 },
	/* a run takes 12 + 26.7 ms, and a sector 51.6: a gap is never written */
	{ "xx.x............", 0, "|-.|............", 3, 0 },
	/* five in three runs take 258 + 116 ms, and the block 427 + 39; eight take more */
	{ "xx..xx..x.......", 0, "|-..|-..|.......", 5, 0 },
	{ "xxxx..xx..xx....", 0, "|---------------", 8, 0 },
	{ "xxxxxxxx........", 0, "|-------........", 8, 0 },
	{ "xxxxxxxxxx......", 0, "|---------------", 10, 0 },
	{ "????????????....", 0, "|---------------", 0, 12 },
	/* no whole block: it is not erased at once */
	{ "xxxxxxxxxxxxx.x", 0, "|------------.|", 14, 0 },
	{ "xxxxxxxxxxxxx.xx", 1, "|------------.|-", 15, 0 },
	/* blocks count from address 0, whatever the region's start */
	{ "xxxxxxx.x.x.x.xx.x.x.x.x", 8, "|------.|---------------", 16, 0 },
	/* what is erased is not joined with what is sent, and its block stays as it is */
	{ "xxxxxxxxxxx_____", 0, "|----------|----", 11, 5 },
	{ "xxxxxxxxx.__.xxx", 0, "|--------.|-.|--", 12, 2 },
};

static uint8_t state_of(char c)
{
	return c == '.'   ? DIFF_SAME
	       : c == 'x' ? DIFF_DIFFERS
	       : c == '_' ? DIFF_BLANK
			  : DIFF_UNKNOWN;
}

START_TEST(what_is_written)
{
	uint32_t n = (uint32_t)strlen(cases[_i].sectors), bytes = 0;
	const struct ef_region region = { 0x10000, NULL, n * EF_SECTOR - 100, "app" };
	uint8_t state[64];
	struct diff d = { .r = &region,
			  .state = state,
			  .n = n,
			  .head = cases[_i].head,
			  .trip_us = TRIP_US,
			  .cost = { BLOCK_US, SECTOR_US, BLOCK_US } };
	struct ef_spans spans = { 0 };
	struct ef_err err = EF_ERR_INIT;
	char got[65] = { 0 };

	for (uint32_t i = 0; i < n; i++)
		state[i] = state_of(cases[_i].sectors[i]);
	ck_ok(diff_make_spans(&d, &spans, &err), &err);
	memset(got, '.', n);
	for (size_t i = 0; i < spans.count; i++) {
		const struct ef_span *s = &spans.span[i];

		ck_assert_uint_lt(s->from, s->to);
		memset(got + s->from / EF_SECTOR, '-', ef_div_up(s->to - s->from, EF_SECTOR));
		got[s->from / EF_SECTOR] = '|';
		ck_assert_int_eq(s->is_blank, state[s->from / EF_SECTOR] == DIFF_BLANK);
		bytes += s->to - s->from;
	}
	ck_assert_str_eq(got, cases[_i].written);
	ck_assert_uint_eq(spans.sectors, n);
	ck_assert_uint_eq(spans.differ, cases[_i].differ);
	ck_assert_uint_eq(spans.in_doubt, cases[_i].in_doubt);
	ck_assert_uint_eq(spans.bytes, bytes);
	ef_spans_release(&spans);
}
END_TEST

/* With answers that take 20 ms a run takes longer than a sector, and not than two. */
START_TEST(gaps_are_written_behind_slow_answers)
{
	const struct ef_region region = { 0x10000, NULL, 8 * EF_SECTOR, "app" };
	uint8_t state[8];
	struct diff d = { .r = &region,
			  .state = state,
			  .n = 8,
			  .trip_us = _i ? 6223 : 6222, /* a quarter of 51.554 - 26.664 ms */
			  .cost = { BLOCK_US, SECTOR_US, BLOCK_US } };
	struct ef_spans spans = { 0 };
	struct ef_err err = EF_ERR_INIT;

	for (unsigned i = 0; i < 8; i++)
		state[i] = state_of("x.x..x.."[i]);
	ck_ok(diff_make_spans(&d, &spans, &err), &err);
	ck_assert_uint_eq(spans.count, _i ? 2 : 3);
	ck_assert_uint_eq(spans.span[0].to, (_i ? 3 : 1) * EF_SECTOR);
	ck_assert_uint_eq(spans.differ, 3);
	ck_assert_uint_eq(spans.bytes, (_i ? 4 : 3) * EF_SECTOR);
	ef_spans_release(&spans);
}
END_TEST

/* What a sector costs, by loader and link. */
START_TEST(costs_of_links)
{
	static const struct {
		uint32_t rate_hz;
		bool is_stub, is_usb;
		uint64_t block_us, sector_us, run_us;
	} links[] = {
		/* a ROM does one thing after the other */
		{ 115200, false, false, 355553 + 9375 + 6554, 355553 + 51554, 0 },
		{ 0, false, true, 4096 + 9375 + 6554, 4096 + 51554, 0 },
		/* a stub receives while it works: the slower of the two counts */
		{ 115200, true, false, 213331, 213331, 51554 },
		{ 921600, true, false, 26664, 51554, 26664 },
		{ 2000000, true, false, 15929, 51554, 12288 },
		{ 0, true, true, 15929, 51554, 2457 },
	};
	struct sim_opts board = { .chip = "esp32c3", .stub_running = links[_i].is_stub };
	struct diff_cost cost;
	struct work w;

	if (links[_i].is_usb)
		board.circuit = SIM_CIRCUIT_USB_JTAG;
	work_start(&w, &board, !links[_i].is_stub);
	if (links[_i].rate_hz)
		w.rig.f->rate_hz = links[_i].rate_hz;
	diff_cost_find(&cost, w.rig.f);
	ck_assert_uint_eq(cost.block_us, links[_i].block_us);
	ck_assert_uint_eq(cost.sector_us, links[_i].sector_us);
	ck_assert_uint_eq(cost.run_us, links[_i].run_us);
	work_done(&w);
}
END_TEST

/* Four exchanges a run; what is found out by questions costs them, and the runs that remain. */
START_TEST(costs_of_parts)
{
	const struct diff_cost c = { .block_us = 27, .sector_us = 50, .run_us = 20 };

	ck_assert_uint_eq(diff_cost_run_us(&c, 5), 20 + 4 * 5);
	/* all differ: one run, and each of 4 parts and 16 sectors is asked about */
	ck_assert_uint_eq(diff_cost_parts_us(&c, 16, 0, 5), 16 * 50 + 40 + 20 * 5);
	/* all are the same: four questions */
	ck_assert_uint_eq(diff_cost_parts_us(&c, 16, 1000, 5), 4 * 5);
	/* half of four sectors: 2.5 * 0.5 runs */
	ck_assert_uint_eq(diff_cost_parts_us(&c, 4, 500, 5), 2 * 50 + 50 + 4 * 5);
	ck_assert_uint_eq(diff_cost_program_us(3), 3 * 6554);
}
END_TEST

Suite *suite_diff_spans(void);
Suite *suite_diff_spans(void)
{
	Suite *s = suite_create("diff_spans");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, what_is_written, 0, (int)EF_ARRAY_LEN(cases));
	tcase_add_loop_test(t, gaps_are_written_behind_slow_answers, 0, 2);
	tcase_add_loop_test(t, costs_of_links, 0, 6);
	tcase_add_test(t, costs_of_parts);
	suite_add_tcase(s, t);
	return s;
}
