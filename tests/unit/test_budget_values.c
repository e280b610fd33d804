/* SPDX-License-Identifier: MIT */
/*
 * Every budget of recovery as a literal. They are this project's policy, so they have no other
 * source than the reasons in budgets.c; but nobody may change one by accident. Other suites
 * prove what each of them does.
 */
#include "flasher/flasher_priv.h"
#include "ck_ef.h"

#define KIB 1024u

static void is(const struct ef_budget *b, unsigned tries, uint32_t ms)
{
	ck_assert_uint_eq(b->tries, tries);
	ck_assert_uint_eq(b->ms, ms);
}

START_TEST(budgets_of_work)
{
	const struct ef_budget *w = ef_budgets.work;

	is(&w[EF_WORK_QUERY], 3, 0);
	is(&w[EF_WORK_BEGIN], 4, 0);
	is(&w[EF_WORK_BLOCK], 8, 0);
	is(&w[EF_WORK_UPLOAD], 10, 0);
	is(&w[EF_WORK_JUMP], 2, 0);
	is(&w[EF_WORK_MEMORY], 2, 0);
	is(&w[EF_WORK_PREPARE], 3, 10000);
	is(&w[EF_WORK_CONNECT], 2, 0);
	is(&w[EF_WORK_WRITE], 16, 0);
	is(&w[EF_WORK_COMPARE], 16, 0);
	is(&w[EF_WORK_READ], 16, 0);
	is(&w[EF_WORK_ERASE], 16, 0);
	ck_assert_int_eq(EF_WORKS, 12);
	is(&ef_budgets.prepare_bad_line, 6, 40000);
	is(&ef_budgets.query_at_work, 0, 0);
}
END_TEST

START_TEST(budgets_of_rungs)
{
	is(&ef_budgets.resync.work, 8, 300);
	is(&ef_budgets.resync.quick, 1, 100);
	is(&ef_budgets.resync.reading, 2, 100);
	is(&ef_budgets.resync.ahead, 3, 100);
	is(&ef_budgets.baud, 3, 100);
	ck_assert_uint_eq(ef_budgets.reopen_ms, 20000);
	ck_assert_uint_eq(ef_budgets.enumerate_ms, 3000);
	ck_assert_uint_eq(ef_budgets.rate.faults, 3);
	ck_assert_uint_eq(ef_budgets.rate.bytes, 256 * KIB);
	ck_assert_uint_eq(ef_budgets.climb.bytes, 256 * KIB);
	ck_assert_uint_eq(ef_budgets.climb.growth, 4);
	ck_assert_uint_eq(ef_budgets.climb.failures, 2);
	ck_assert_uint_eq(ef_budgets.climb.cost_ms, 3000);
}
END_TEST

START_TEST(readings_and_waits)
{
	is(&ef_budgets.greeting, 16, 3000);
	is(&ef_budgets.reread.identity, 2, 0);
	is(&ef_budgets.reread.confirm, 8, 0);
	is(&ef_budgets.reread.confirm_bad_line, 3, 0);
	is(&ef_budgets.reread.security, 5, 0);
	is(&ef_budgets.reread.magic, 2, 100);
	is(&ef_budgets.reread.registers, 3, 0);
	is(&ef_budgets.refusal, 3, 0);
	is(&ef_budgets.misses, 4, 0);
	ck_assert_uint_eq(ef_budgets.nudge.second_prompt, 2);
	ck_assert_uint_eq(ef_budgets.nudge.second, 4);
	ck_assert_uint_eq(ef_budgets.nudge.unnudged, 2);
	ck_assert_uint_eq(ef_budgets.nudge.gap_part, 3);
	ck_assert_uint_eq(ef_budgets.nudge.late_answers, 64);
	ck_assert_uint_eq(ef_budgets.nudge.in_step, 5);
	ck_assert_uint_eq(ef_budgets.rate.echoes, 6);
	ck_assert_uint_eq(ef_budgets.stream.frame_ms, 3000);
	ck_assert_uint_eq(ef_budgets.stream.soon_ms, 600);
	ck_assert_uint_eq(ef_budgets.stream.bad_line_ms, 200);
	ck_assert_uint_eq(ef_budgets.stream.damaged_many, 3);
	ck_assert_uint_eq(ef_budgets.stream.end_tries, 3);
	ck_assert_uint_eq(ef_budgets.repeat_ms, 1000);
	ck_assert_uint_eq(ef_budgets.nudge.count, 2);
	ck_assert_uint_eq(ef_budgets.patience.ms, 400);
	ck_assert_uint_eq(ef_budgets.patience.remote_ms, 1500);
	ck_assert_uint_eq(ef_budgets.patience.reading_ms, 100);
}
END_TEST

START_TEST(lengths_of_pieces)
{
	const struct ef_piece_budgets *p = &ef_budgets.pieces;

	ck_assert_uint_eq(p->shrink, 4);
	ck_assert_uint_eq(p->grow, 2);
	ck_assert_uint_eq(p->least, 256);
	ck_assert_uint_eq(p->ram_least, 384);
	ck_assert_uint_eq(p->ram_bad_line, 96);
	ck_assert_uint_eq(p->ram_failures, 2);
	ck_assert_uint_eq(p->window_first, 64 * KIB);
	ck_assert_uint_eq(p->window_encrypted, 256 * KIB);
}
END_TEST

Suite *suite_budget_values(void);
Suite *suite_budget_values(void)
{
	Suite *s = suite_create("budget_values");
	TCase *t = tcase_create("budget_values");

	tcase_add_test(t, budgets_of_work);
	tcase_add_test(t, budgets_of_rungs);
	tcase_add_test(t, readings_and_waits);
	tcase_add_test(t, lengths_of_pieces);
	suite_add_tcase(s, t);
	return s;
}
