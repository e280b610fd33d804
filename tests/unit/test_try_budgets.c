/* SPDX-License-Identifier: MIT */
/*
 * The recovery policy alone: how often and how long a step is tried, when the rate falls, and what
 * a failed exchange tells. Rungs: test_try.c.
 */
#include "try_rig.h"

/* ---- budgets ---- */

static const struct {
	enum ef_work work;
	const struct ef_fault *fault;
	unsigned tries; /* with the first one */
} counts[] = {
	{ EF_WORK_QUERY, &lost, 4 },    { EF_WORK_BLOCK, &damaged, 9 },
	{ EF_WORK_UPLOAD, &lost, 11 },  { EF_WORK_JUMP, &lost, 3 },
	{ EF_WORK_MEMORY, &lost, 3 },   { EF_WORK_PREPARE, &lost, 4 },
	{ EF_WORK_CONNECT, &gone, 3 },  { EF_WORK_WRITE, &lost, 17 },
	{ EF_WORK_READ, &lost, 17 },    { EF_WORK_ERASE, &lost, 17 },
	{ EF_WORK_COMPARE, &lost, 17 },
};

START_TEST(tries_are_counted)
{
	struct step s = { *counts[_i].fault, EF_E_TIMEOUT, UINT32_MAX, 0, 0 };

	start();
	f.recovery.is_connecting = true;
	ck_assert(!try_step(counts[_i].work, &s));
	ck_assert_uint_eq(s.tries, counts[_i].tries);
	/* as often again when progress was made: a new step counts from zero */
	s.tries = 0;
	start();
	f.recovery.is_connecting = true;
	f.recovery.failures[counts[_i].work] = 5;
	ck_assert(!try_step(counts[_i].work, &s));
	ck_assert_uint_eq(s.tries, counts[_i].tries);
}
END_TEST

/*
 * A request to read or to erase has no checksum, so the line may have it refused. But a loader that
 * means it says so each time: then it is believed, and nothing is held against the line.
 */
START_TEST(a_refusal_that_repeats_is_meant)
{
	static const struct ef_fault *const refusals[] = { &meant, &unsupported };
	struct step s = { *refusals[_i % 2], EF_E_PROTOCOL, UINT32_MAX, 0, 0 };

	start();
	rungs.next_rate = 230400;
	ck_assert(!try_step(_i / 2 ? EF_WORK_READ : EF_WORK_ERASE, &s));
	ck_assert_str_eq(err.msg, "the step fails");
	ck_assert_uint_eq(s.tries, 4);
	ck_assert(!f.recovery.is_bad_line);
	ck_assert_str_eq(rungs.log, "hear resync hear resync hear resync");
}
END_TEST

static bool refuse_in_turn(void *ctx, struct ef_err *e)
{
	unsigned *tries = ctx;

	ef_fail(e, EF_E_PROTOCOL, "the step fails");
	e->fault = ++*tries % 2 ? meant : lost;
	return false;
}

/* Another fault in between shows that the line is to blame. */
START_TEST(a_refusal_among_other_faults_counts_like_them)
{
	unsigned tries = 0;
	struct ef_try t = { .work = EF_WORK_ERASE, .step = refuse_in_turn, .ctx = &tries };

	start();
	ck_assert(!ef_try(&f, &t, &err));
	ef_rom_release(&f.rom);
	ck_assert_uint_eq(tries, 17);
	ck_assert(f.recovery.is_bad_line);
}
END_TEST

/* Once the session is built, a query is part of a step that has its own budget. */
START_TEST(a_query_at_work_is_not_repeated)
{
	struct step s = { lost, EF_E_TIMEOUT, 1, 0, 0 };

	start();
	ck_assert(!try_step(EF_WORK_QUERY, &s));
	ck_assert_uint_eq(s.tries, 1);
}
END_TEST

/* Preparing ends after 10 s (esptool reconnects once), on a line that damages bytes 40 s. */
static const struct {
	unsigned damages;
	uint32_t ms; /* of each try */
	unsigned tries;
} prepares[] = {
	{ 0, 5001, 2 }, { 0, 4999, 3 }, { 1, 5001, 2 },  { 2, 5001, 7 },
	{ 0, 5000, 2 }, { 0, 3333, 4 }, { 2, 13333, 4 }, { 2, 0, 7 },
	{ 2, 8001, 5 }, { 2, 7999, 6 }, { 2, 8000, 5 },
};

START_TEST(time_to_prepare)
{
	struct step s = { lost, EF_E_TIMEOUT, UINT32_MAX, 0, prepares[_i].ms };

	start();
	f.recovery.damages = prepares[_i].damages;
	ck_assert(!try_step(EF_WORK_PREPARE, &s));
	ck_assert_uint_eq(s.tries, prepares[_i].tries);
}
END_TEST

/* When the user's time is over, no budget counts. */
START_TEST(the_users_time_is_over)
{
	struct step s = { lost, EF_E_TIMEOUT, 3, 0, 100 };

	start();
	port.base.limit_us = port.now_us + 150000;
	ck_assert(!try_step(EF_WORK_WRITE, &s));
	ck_assert_uint_eq(s.tries, 2);
}
END_TEST

/* Content that differs is no reason to give up: the write itself decides that. */
START_TEST(differences_are_not_counted)
{
	struct step s = { differs, EF_E_VERIFY, 40, 0, 0 };

	start();
	ck_assert(try_step(EF_WORK_WRITE, &s));
	ck_assert_uint_eq(s.tries, 41);
}
END_TEST

/* Only work on flash asks the chip why it fell silent, and only where no answer came. */
START_TEST(who_asks_for_the_reason)
{
	struct step s = { lost, EF_E_TIMEOUT, UINT32_MAX, 0, 0 };

	start();
	ck_assert(!try_step(EF_WORK_WRITE, &s));
	ck_assert_uint_eq(rungs.explained, 1);
	start();
	ck_assert(!try_step(EF_WORK_UPLOAD, &s));
	ck_assert_uint_eq(rungs.explained, 0);
	s.fault = garbled;
	start();
	ck_assert(!try_step(EF_WORK_READ, &s));
	ck_assert_uint_eq(rungs.explained, 0);
}
END_TEST

/* ---- the rate ---- */

/* Three faults without 256 KiB of good content between them condemn a rate. */
START_TEST(faults_slow_the_rate_down)
{
	struct step s = { lost, EF_E_TIMEOUT, 3, 0, 0 };

	start();
	rungs.next_rate = 460800;
	ck_assert(try_step(EF_WORK_WRITE, &s));
	ck_assert_str_eq(rungs.log, "hear resync hear resync hear resync slower");
	ck_assert_uint_eq(f.recovery.rate_hz, 460800);
	ck_assert_uint_eq(f.recovery.faults, 0);
	ck_assert(f.recovery.is_bad_line);

	/* without a slower one there is none to try */
	s.tries = 0;
	start();
	ck_assert(try_step(EF_WORK_WRITE, &s));
	ck_assert_str_eq(rungs.log, "hear resync hear resync hear resync");

	/* if no SYNC is answered, the new session gets it */
	s.tries = 0;
	start();
	rungs.next_rate = 460800;
	rungs.answers = false;
	f.recovery.faults = 2;
	s.failures = 1;
	ck_assert(try_step(EF_WORK_WRITE, &s));
	ck_assert_str_eq(rungs.log, "hear resync rebuild");
	ck_assert_uint_eq(rungs.rebuilt_at_hz, 460800);
}
END_TEST

START_TEST(good_content_forgives)
{
	start();
	f.recovery.faults = 2;
	ef_recover_passed(&f, 0x3ffff);
	ck_assert_uint_eq(f.recovery.faults, 2);
	ef_recover_passed(&f, 1);
	ck_assert_uint_eq(f.recovery.faults, 0);
	ck_assert_uint_eq(f.recovery.since_fault, 0);
	ef_rom_release(&f.rom);
}
END_TEST

/* A rate that the user did not ask for goes at the first loss, but not because of silence. */
START_TEST(our_own_rate_goes_at_once)
{
	struct step s = { lost, EF_E_TIMEOUT, 1, 0, 0 };

	start();
	rungs.next_rate = 460800;
	f.plan.is_auto = true;
	ck_assert(try_step(EF_WORK_READ, &s));
	ck_assert_str_eq(rungs.log, "hear resync slower");
	s = (struct step){ silent, EF_E_TIMEOUT, 1, 0, 0 };
	start();
	rungs.next_rate = 460800;
	f.plan.is_auto = true;
	f.recovery.since_fault = 7;
	ck_assert(try_step(EF_WORK_READ, &s));
	ck_assert_str_eq(rungs.log, "hear-silence resync");
	ck_assert_uint_eq(f.recovery.faults, 1);
	ck_assert_uint_eq(f.recovery.since_fault, 0);
}
END_TEST

/* A block that is refused too often leaves it to the write to slow down. */
START_TEST(a_block_does_not_change_the_rate)
{
	struct step s = { damaged, EF_E_PROTOCOL, 5, 0, 0 };

	start();
	rungs.next_rate = 460800;
	ck_assert(!try_step(EF_WORK_BLOCK, &s));
	ck_assert_uint_eq(s.tries, 3);
	ck_assert_str_eq(rungs.log, "");
	ck_assert(!f.recovery.is_bad_line);
}
END_TEST

/* ---- delimiters ---- */

/* A lone delimiter goes before every second repetition, and only if bytes got lost. */
START_TEST(every_second_repetition_is_shifted)
{
	struct step s = { lost, EF_E_TIMEOUT, 3, 0, 0 };

	start();
	f.recovery.is_connecting = true;
	ck_assert(try_step(EF_WORK_QUERY, &s));
	ck_assert_uint_eq(port.sent_len, 1);
	ck_assert_uint_eq(port.sent[0], 0xc0);
	ck_assert_uint_eq(port.discards, 3);
	s = (struct step){ lost, EF_E_TIMEOUT, 1, 0, 0 };
	start();
	f.recovery.is_connecting = true;
	ck_assert(try_step(EF_WORK_QUERY, &s));
	ck_assert_uint_eq(port.sent_len, 0);
	s = (struct step){ uncertain, EF_E_PROTOCOL, 3, 0, 0 };
	start();
	f.recovery.is_connecting = true;
	ck_assert(try_step(EF_WORK_QUERY, &s));
	ck_assert_uint_eq(port.sent_len, 0);
}
END_TEST

/* ---- what a failed exchange tells ---- */

static const struct {
	const struct ef_fault *fault;
	bool no_answer, exchange, refusal, line, on_bad_line, damages;
} kinds[] = {
	{ &silent, true, true, false, true, true, false },
	{ &lost, true, true, false, true, true, true },
	{ &garbled, false, true, false, true, true, true },
	{ &differs, false, false, false, false, false, false },
	{ &gone, false, false, false, false, false, false },
	{ &damaged, false, true, true, true, true, true },
	{ &uncertain, false, true, true, true, true, true },
	{ &unsupported, false, true, true, true, true, false },
	{ &meant, false, true, true, false, true, false },
};

START_TEST(kinds_of_faults)
{
	struct ef_err e = { .code = EF_E_TIMEOUT, .fault = *kinds[_i].fault };

	start();
	ck_assert_int_eq(ef_is_no_answer(&e), kinds[_i].no_answer);
	ck_assert_int_eq(ef_is_exchange_fault(&e), kinds[_i].exchange);
	ck_assert_int_eq(ef_is_refusal(&e), kinds[_i].refusal);
	ck_assert_int_eq(ef_is_line_fault(&f, &e), kinds[_i].line);
	f.recovery.is_bad_line = true;
	ck_assert_int_eq(ef_is_line_fault(&f, &e), kinds[_i].on_bad_line);
	ef_recover_note(&f, &e);
	ck_assert_uint_eq(f.recovery.damages, kinds[_i].damages);
	ef_rom_release(&f.rom);
}
END_TEST

/* A status that no loader has is a refusal still, though a damaged one. */
START_TEST(a_damaged_refusal)
{
	struct ef_err e = { .code = EF_E_PROTOCOL, .fault = { EF_FAULT_GARBLED, 0x42, 0, 0 } };

	ck_assert(ef_is_refusal(&e));
}
END_TEST

Suite *suite_try_budgets(void);
Suite *suite_try_budgets(void)
{
	Suite *s = suite_create("try_budgets");
	TCase *t = tcase_create("budgets");

	tcase_add_loop_test(t, tries_are_counted, 0, (int)EF_ARRAY_LEN(counts));
	tcase_add_loop_test(t, a_refusal_that_repeats_is_meant, 0, 4);
	tcase_add_test(t, a_refusal_among_other_faults_counts_like_them);
	tcase_add_test(t, a_query_at_work_is_not_repeated);
	tcase_add_loop_test(t, time_to_prepare, 0, (int)EF_ARRAY_LEN(prepares));
	tcase_add_test(t, the_users_time_is_over);
	tcase_add_test(t, differences_are_not_counted);
	tcase_add_test(t, who_asks_for_the_reason);
	tcase_add_test(t, faults_slow_the_rate_down);
	tcase_add_test(t, good_content_forgives);
	tcase_add_test(t, our_own_rate_goes_at_once);
	tcase_add_test(t, a_block_does_not_change_the_rate);
	tcase_add_test(t, every_second_repetition_is_shifted);
	tcase_add_loop_test(t, kinds_of_faults, 0, (int)EF_ARRAY_LEN(kinds));
	tcase_add_test(t, a_damaged_refusal);
	suite_add_tcase(s, t);
	return s;
}
