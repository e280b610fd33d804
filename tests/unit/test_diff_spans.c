/* SPDX-License-Identifier: MIT */
/*
 * What is written, once it is known which sectors differ. The costs of a stub at 921600 baud follow
 * from the data sheet's times (45 ms for a sector, 150 ms for 64 KiB, 6.554 ms to program a sector)
 * and ten bits a byte, packed to 60 %.
 */
#include "ck_ef.h"

#include <stdlib.h>
#include <string.h>

#include "flasher/diff_priv.h"
#include "flasher/packer.h"
#include "work_rig.h"

#define SECTOR_US (45000u + 6554u)
#define WIRE_US   26664u
#define TRIP_US   3000u

/* The wire is slower than 150 ms / 16 + 6.554 ms, and faster than a sector's own erase. */
static struct diff_cost costs[] = {
	{ SECTOR_US, WIRE_US, WIRE_US, 9375 + 6554 },
	{ SECTOR_US, WIRE_US, WIRE_US, 9375 + 6554 },
	{ SECTOR_US, WIRE_US, WIRE_US, 9375 + 6554 },
};

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
	/* in a short run a sector takes 78.2 ms, and a run 12 more: a gap is not written */
	{ "xx.x............", 0, "|-.|............", 3, 0 },
	/* the block takes 566 ms, five in three runs 427, eight 662 */
	{ "xx..xx..x.......", 0, "|-..|-..|.......", 5, 0 },
	{ "xxxx..xx..xx....", 0, "|---------------", 8, 0 },
	/* seven in one run take 560 ms, and eight 638 */
	{ "xxxxxxx.........", 0, "|------.........", 7, 0 },
	{ "xxxxxxxx........", 0, "|---------------", 8, 0 },
	{ "xxxxxxxxxx......", 0, "|---------------", 10, 0 },
	{ "????????????....", 0, "|---------------", 0, 12 },
	/* no whole block: it is not erased at once */
	{ "xxxxxxxxxxxxx.x", 0, "|------------.|", 14, 0 },
	/* in runs of more than 32 KiB, a sector takes 51.6 ms: then two do not take less than one
	 */
	{ "xxxxxxxxxxxxx.xx", 1, "|---------------", 15, 0 },
	/* blocks count from address 0, whatever the region's start */
	{ "xxxxxxx.x.x.x.xx.x.x.x.x", 8, "|-----------------------", 16, 0 },
	/* what is erased is not joined with what is sent, but its block may be written whole */
	{ "xx___...........", 0, "|-|--...........", 2, 3 },
	{ "xxx.___.xx......", 0, "|--.|--.|-......", 5, 3 },
	{ "xxx_____________", 1, "|--|------------", 3, 13 },
	{ "xxxxxxxxxxx_____", 0, "|---------------", 11, 5 },
	{ "xxxxxxxxx.__.xxx", 0, "|---------------", 12, 2 },
	{ "________________", 0, "|---------------", 0, 16 },
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
			  .cost = costs };
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

/* With answers that take 20 ms, a run takes as long as a sector. */
START_TEST(gaps_are_written_behind_slow_answers)
{
	const struct ef_region region = { 0x10000, NULL, 8 * EF_SECTOR, "app" };
	uint8_t state[8];
	struct diff d = { .r = &region,
			  .state = state,
			  .n = 8,
			  .trip_us = _i ? 19555 : 19554, /* a quarter of 78.218 ms */
			  .cost = costs };
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
		struct diff_cost want;
	} links[] = {
		/* a ROM does one thing after the other */
		{ 115200, false, false, { 355553 + 51554, 0, 355553 + 9375 + 6554, 0 } },
		{ 0, false, true, { 4096 + 51554, 0, 4096 + 9375 + 6554, 0 } },
		/* a stub receives while it works: a third of the faster counts, and first all */
		{ 115200, true, false, { 213331 + 17184, 34370, 213331 + 5309, 10620 } },
		{ 921600, true, false, { 51554 + 8888, 17776, 26664 + 5309, 10620 } },
		{ 2000000, true, false, { 51554 + 4096, 8192, 15929 + 4096, 8192 } },
		{ 0, true, true, { 51554 + 819, 1638, 15929 + 819, 1638 } },
	};
	struct sim_opts board = { .chip = "esp32c3", .stub_running = links[_i].is_stub };
	struct diff_cost cost;
	struct work w;

	if (links[_i].is_usb)
		board.circuit = SIM_CIRCUIT_USB_JTAG;
	work_start(&w, &board, !links[_i].is_stub);
	if (links[_i].rate_hz)
		w.rig.f->rate_hz = links[_i].rate_hz;
	diff_cost_find(&cost, w.rig.f, 60);
	ck_assert_mem_eq(&cost, &links[_i].want, sizeof(cost));
	work_done(&w);
}
END_TEST

/* Four exchanges a run; what is found out by questions costs them, and the runs that remain. */
START_TEST(costs_of_parts)
{
	const struct diff_cost c = { 50, 20, 27, 15 };

	/* the first eight sectors of a run take more */
	ck_assert_uint_eq(diff_cost_run_us(&c, 3, 5), 3 * 70 + 4 * 5);
	ck_assert_uint_eq(diff_cost_run_us(&c, 10, 5), 10 * 50 + 8 * 20 + 4 * 5);
	ck_assert_uint_eq(diff_cost_block_us(&c, 5), 16 * 27 + 8 * 15 + 4 * 5);
	/* all differ: one run, and each of 4 parts and 16 sectors is asked about */
	ck_assert_uint_eq(diff_cost_parts_us(&c, 16, 0, 5), 16 * 50 + 8 * 20 + 20 + 20 * 5);
	/* all are the same: four questions */
	ck_assert_uint_eq(diff_cost_parts_us(&c, 16, 1000, 5), 4 * 5);
	/* half of four sectors: 1.25 runs */
	ck_assert_uint_eq(diff_cost_parts_us(&c, 4, 500, 5), 2 * 70 + 25 + 4 * 5);
	ck_assert_uint_eq(diff_cost_program_us(3), 3 * 6554);
	ck_assert_uint_eq(diff_cost_erase_us(3), 3 * 45000);
}
END_TEST

/* How far content shrinks is found out by samples from all over it. */
START_TEST(content_that_shrinks)
{
	const uint32_t len = 16 * EF_SECTOR;
	uint8_t *data = work_content(len, false);

	ck_assert_uint_eq(pack_percent(data, len), 100);
	ck_assert_uint_eq(pack_percent(data, EF_SECTOR), 100);
	ck_assert_uint_eq(pack_percent(data, 1), 100);
	memset(data, 0, len / 2);
	ck_assert_uint_ge(pack_percent(data, len), 45);
	ck_assert_uint_le(pack_percent(data, len), 55);
	memset(data, 0, len);
	ck_assert_uint_le(pack_percent(data, len), 2);
	ck_assert_uint_le(pack_percent(data, EF_SECTOR), 2);
	free(data);
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
	tcase_add_test(t, content_that_shrinks);
	suite_add_tcase(s, t);
	return s;
}
