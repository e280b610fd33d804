/* SPDX-License-Identifier: MIT */
/*
 * Connects over a line that damages one byte in a thousand, with the stub's
 * upload. The facts about the board have to be right.
 */
#include "flasher_rig.h"

/* A sanitizer makes each run four times as long. */
#if defined(__SANITIZE_ADDRESS__)
#define SEEDS 20
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEEDS 20
#endif
#endif
#ifndef SEEDS
#define SEEDS 100
#endif

static const char *const chips[] = { "esp32", "esp32c3", "esp32s3", "esp32c6" };
#define CHIPS (int)(sizeof(chips) / sizeof(chips[0]))

static const struct bad {
	unsigned every, kinds;
	bool no_stub;
} lines[] = {
	{ 1000, 0, false },
	{ 1000, SIM_NOISE_FLIP, false },
	{ 1000, SIM_NOISE_LOSE, false },
	{ 1000, SIM_NOISE_FLIP, true },
	{ 700, 0, false },
};
#define LINES (int)(sizeof(lines) / sizeof(lines[0]))

START_TEST(facts_of_a_board_behind_a_bad_line_are_right)
{
	const struct bad *line = &lines[_i / SEEDS];
	struct sim_opts board = { .chip = chips[_i % CHIPS], .is_paced = true };
	struct ef_device want;
	const struct ef_device *got;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	want = *rig_device(&r);
	rig_done(&r);
	board.faults.noise_every = line->every;
	board.faults.noise_kinds = line->kinds;
	board.faults.noise_seed = 1000u + (unsigned)_i;
	rig_power(&r, &board);
	r.opts.no_stub = line->no_stub;
	ck_assert_msg(rig_connect(&r), "%s\n%s", r.err.msg, r.said);
	got = rig_device(&r);
	ck_assert_mem_eq(got->mac, want.mac, sizeof(want.mac));
	ck_assert_uint_eq(got->revision, want.revision);
	ck_assert_uint_eq(got->flash_id, want.flash_id);
	ck_assert_uint_eq(got->flash_size, want.flash_size);
	rig_done(&r);
}
END_TEST

/* The user unplugs the board and plugs it in again while the flasher connects. */
START_TEST(port_that_leaves_on_the_way_is_waited_for)
{
	struct sim_opts board = { .chip = _i % 2 ? "esp32c3" : "esp32", .is_paced = true };
	struct rig r;

	board.faults.unplug_at_request = (unsigned)_i + 2;
	board.faults.unplug_ms = 2000;
	rig_power(&r, &board);
	r.opts.rate_hz = 460800;
	ck_assert_msg(rig_connect(&r), "%s\n%s", r.err.msg, r.said);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_done(&r);
}
END_TEST

/* The chip may hang at any request, even at the one before a rate change. */
START_TEST(chip_that_hangs_on_the_way_is_reset)
{
	struct sim_opts board = { .chip = "esp32", .is_paced = true };
	struct rig r;

	board.faults.hang_at_request = (unsigned)_i / 2 + 2;
	rig_power(&r, &board);
	r.opts.no_stub = _i % 2;
	r.opts.rate_hz = 460800;
	ck_assert_msg(rig_connect(&r), "%s\n%s", r.err.msg, r.said);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_done(&r);
}
END_TEST

Suite *suite_bad_line(void);
Suite *suite_bad_line(void)
{
	Suite *s = suite_create("bad_line");
	TCase *t = tcase_create("facts");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, facts_of_a_board_behind_a_bad_line_are_right, 0, LINES * SEEDS);
	tcase_add_loop_test(t, port_that_leaves_on_the_way_is_waited_for, 0, 40);
	tcase_add_loop_test(t, chip_that_hangs_on_the_way_is_reset, 0, 160);
	suite_add_tcase(s, t);
	return s;
}
