/* SPDX-License-Identifier: MIT */
/*
 * When a rate that was left is tried again: the rules alone, without a board. They are: a first
 * try after 256 KiB without a fault, each failed try makes that four times as much, two may fail,
 * and a try must save more than 3 s (docs/protocol.md).
 */
#include "flasher/climb.h"
#include "ck_ef.h"

#define KIB  1024u
#define LOW  460800u
#define HIGH 921600u
#define MUCH (64u << 20)

static struct {
	unsigned tries;
	bool works, fails; /* the faster rate; fails: with an error */
} line;

static uint32_t on_faster_rate(const struct ef_flasher *f)
{
	return f->rate_hz < HIGH ? HIGH : 0;
}

static bool on_faster(struct ef_flasher *f, uint32_t rate_hz, bool *ret, struct ef_err *err)
{
	line.tries++;
	if (line.fails)
		return ef_fail(err, EF_E_PORT, "the port is gone");
	*ret = line.works;
	if (line.works)
		f->rate_hz = rate_hz;
	return true;
}

static const struct ef_rungs rungs = { .faster_rate = on_faster_rate, .faster = on_faster };

/* A session that recovery has slowed down. */
static struct ef_flasher slowed(void)
{
	struct ef_flasher f = { .rungs = &rungs, .rate_hz = LOW };

	memset(&line, 0, sizeof(line));
	ef_climb_leaves(&f, HIGH);
	return f;
}

static void climb(struct ef_flasher *f, uint32_t left)
{
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_recover_climb(f, left, &err), &err);
}

START_TEST(first_try_comes_after_a_quiet_stretch)
{
	struct ef_flasher f = slowed();

	ef_climb_passed(&f, 256 * KIB - 1);
	climb(&f, MUCH);
	ck_assert_uint_eq(line.tries, 0);
	ef_climb_passed(&f, 1);
	f.recovery.faults = 2;
	climb(&f, MUCH);
	ck_assert_uint_eq(line.tries, 1);
	ck_assert_uint_eq(f.recovery.climb.quiet, 0); /* the next stretch begins */
	ck_assert_uint_eq(f.recovery.faults, 0);
	ck_assert_uint_eq(f.recovery.climb.failures, 1);
	ck_assert(!f.recovery.climb.is_trial);
}
END_TEST

START_TEST(each_failure_makes_tries_rarer)
{
	struct ef_flasher f = slowed();

	ef_climb_passed(&f, 256 * KIB);
	climb(&f, MUCH);
	ck_assert_uint_eq(line.tries, 1);
	ef_climb_passed(&f, 1024 * KIB - 1);
	climb(&f, MUCH);
	ck_assert_uint_eq(line.tries, 1);
	ef_climb_passed(&f, 1);
	climb(&f, MUCH);
	ck_assert_uint_eq(line.tries, 2);
	ef_climb_passed(&f, UINT32_MAX);
	climb(&f, MUCH);
	ck_assert_uint_eq(line.tries, 2); /* two may fail */
}
END_TEST

/* At 10 bits a byte, in whole ms: 276527 bytes take 6001 and 3000 ms, one less takes 6000. */
#define FIRST_WORTH 276527u

START_TEST(try_must_save_more_than_it_costs)
{
	struct ef_flasher f = slowed();

	ef_climb_passed(&f, 256 * KIB);
	climb(&f, FIRST_WORTH - 1);
	ck_assert_uint_eq(line.tries, 0);
	climb(&f, FIRST_WORTH);
	ck_assert_uint_eq(line.tries, 1);
}
END_TEST

/* A rate that was never left is not tried, whatever the ladder says. */
START_TEST(nothing_is_tried_without_a_step_down)
{
	struct ef_flasher f = { .rungs = &rungs, .rate_hz = LOW };

	memset(&line, 0, sizeof(line));
	ef_climb_passed(&f, MUCH);
	climb(&f, MUCH);
	f.rate_hz = HIGH;
	ef_recover_slowed(&f, HIGH); /* not slower */
	f.rate_hz = LOW;
	climb(&f, MUCH);
	ck_assert_uint_eq(line.tries, 0);
	ck_assert_uint_eq(f.recovery.rate_hz, 0);
	ef_recover_slowed(&f, HIGH);
	ck_assert_uint_eq(f.recovery.rate_hz, LOW);
	ck_assert_uint_eq(f.recovery.climb.top_hz, HIGH);
	/* a second step down does not lower the top */
	ef_climb_leaves(&f, LOW);
	ck_assert_uint_eq(f.recovery.climb.top_hz, HIGH);
}
END_TEST

START_TEST(error_of_the_rung_is_reported)
{
	struct ef_flasher f = slowed();
	struct ef_err err = EF_ERR_INIT;

	line.fails = true;
	ef_climb_passed(&f, 256 * KIB);
	ck_fails(ef_recover_climb(&f, MUCH, &err), &err, EF_E_PORT, "the port is gone");
}
END_TEST

/* ---- a try that works ---- */

/* It is confirmed when as much has passed again, and only then the session's rate. */
START_TEST(try_is_confirmed_by_a_second_stretch)
{
	struct ef_flasher f = slowed();

	f.plan.is_auto = true;
	f.plan.wanted_hz = f.recovery.rate_hz = LOW;
	line.works = true;
	ef_climb_passed(&f, 256 * KIB);
	climb(&f, MUCH);
	ck_assert(f.recovery.climb.is_trial);
	ef_climb_passed(&f, 256 * KIB - 1);
	ck_assert(f.recovery.climb.is_trial);
	ck_assert_uint_eq(f.plan.wanted_hz, LOW);
	ef_climb_passed(&f, 1);
	ck_assert(!f.recovery.climb.is_trial);
	ck_assert_uint_eq(f.plan.wanted_hz, HIGH);
	ck_assert_uint_eq(f.recovery.rate_hz, HIGH);
	ck_assert(!f.plan.is_lowered);
}
END_TEST

/* The rate is told as lowered where it was before, or where the top was not reached. */
START_TEST(lowered_is_what_is_below_the_top)
{
	struct ef_flasher f = { .rungs = &rungs, .rate_hz = HIGH };

	f.plan.is_auto = true;
	f.plan.is_lowered = _i == 1;
	memset(&line, 0, sizeof(line));
	ef_climb_leaves(&f, _i == 2 ? 2 * HIGH : HIGH);
	f.recovery.climb.is_trial = true;
	f.plan.is_lowered = true;
	ef_climb_passed(&f, 256 * KIB);
	ck_assert_int_eq(f.plan.is_lowered, _i != 0);
}
END_TEST

/* A rate of the user's is not ours to change. */
START_TEST(plan_of_the_user_stays)
{
	struct ef_flasher f = slowed();

	f.plan.wanted_hz = 7;
	f.recovery.climb.is_trial = true;
	ef_climb_passed(&f, 256 * KIB);
	ck_assert_uint_eq(f.plan.wanted_hz, 7);
	ck_assert_uint_eq(f.recovery.rate_hz, LOW);
}
END_TEST

/* A step down within a try is its failure; another one is not. */
START_TEST(step_down_in_a_try_is_its_failure)
{
	struct ef_flasher f = slowed();

	ck_assert_uint_eq(f.recovery.climb.failures, 0);
	f.recovery.climb.is_trial = true;
	ef_climb_leaves(&f, HIGH);
	ck_assert_uint_eq(f.recovery.climb.failures, 1);
	ck_assert(!f.recovery.climb.is_trial);
}
END_TEST

/* ---- how much may be done until then ---- */

/* Work is cut so that the try comes in time, at a whole sector. */
START_TEST(work_is_cut_where_a_try_is_due)
{
	static const struct {
		uint32_t quiet, left;
		unsigned failures;
		bool is_trial;
		uint32_t want;
	} cases[] = {
		{ 0, MUCH, 0, false, 256 * KIB },
		{ 1, MUCH, 0, false, 256 * KIB },
		{ 4096, MUCH, 0, false, 252 * KIB },
		{ 256 * KIB - 1, MUCH, 0, false, 4096 },
		{ 256 * KIB, MUCH, 0, false, MUCH }, /* it is due now */
		{ 0, MUCH, 1, false, 1024 * KIB },
		{ 0, MUCH, 1, true, 256 * KIB }, /* until it is confirmed */
		{ 0, MUCH, 2, false, MUCH },     /* none may follow */
		{ 0, 300 * KIB, 1, false, 300 * KIB },
		{ 0, 1000, 0, false, 1000 }, /* too little to be worth it */
	};
	struct ef_flasher f = slowed();

	f.recovery.climb.quiet = cases[_i].quiet;
	f.recovery.climb.failures = cases[_i].failures;
	f.recovery.climb.is_trial = cases[_i].is_trial;
	ck_assert_uint_eq(ef_recover_climb_in(&f, cases[_i].left), cases[_i].want);
}
END_TEST

Suite *suite_climb_rules(void);
Suite *suite_climb_rules(void)
{
	Suite *s = suite_create("climb_rules");
	TCase *t = tcase_create("climb_rules");

	tcase_add_test(t, first_try_comes_after_a_quiet_stretch);
	tcase_add_test(t, each_failure_makes_tries_rarer);
	tcase_add_test(t, try_must_save_more_than_it_costs);
	tcase_add_test(t, nothing_is_tried_without_a_step_down);
	tcase_add_test(t, error_of_the_rung_is_reported);
	tcase_add_test(t, try_is_confirmed_by_a_second_stretch);
	tcase_add_loop_test(t, lowered_is_what_is_below_the_top, 0, 3);
	tcase_add_test(t, plan_of_the_user_stays);
	tcase_add_test(t, step_down_in_a_try_is_its_failure);
	tcase_add_loop_test(t, work_is_cut_where_a_try_is_due, 0, 10);
	suite_add_tcase(s, t);
	return s;
}
