/* SPDX-License-Identifier: MIT */
/*
 * The recovery policy alone: which rungs it climbs after which fault, and what stops it. How
 * often a step is tried: test_try_budgets.c.
 */
#include "try_rig.h"

#define NOT_AGAIN "-" /* the fault is reported at once */

static const struct {
	enum ef_work work;
	const struct ef_fault *fault;
	const char *rungs; /* where the loader answers a SYNC */
} climbs[] = {
	{ EF_WORK_QUERY, &lost, "" },
	{ EF_WORK_QUERY, &garbled, "resync" },
	{ EF_WORK_QUERY, &damaged, "" },
	{ EF_WORK_QUERY, &uncertain, "" },
	{ EF_WORK_QUERY, &unsupported, NOT_AGAIN },
	{ EF_WORK_QUERY, &meant, NOT_AGAIN },
	{ EF_WORK_QUERY, &silent, NOT_AGAIN },
	{ EF_WORK_BEGIN, &meant, "resync" },
	{ EF_WORK_BEGIN, &lost, NOT_AGAIN },
	{ EF_WORK_BEGIN, &unsupported, NOT_AGAIN },
	{ EF_WORK_BLOCK, &damaged, "" },
	{ EF_WORK_BLOCK, &lost, NOT_AGAIN },
	{ EF_WORK_BLOCK, &uncertain, NOT_AGAIN },
	{ EF_WORK_UPLOAD, &silent, "resync" },
	{ EF_WORK_UPLOAD, &meant, "resync" },
	{ EF_WORK_UPLOAD, &gone, NOT_AGAIN },
	{ EF_WORK_JUMP, &lost, "" },
	{ EF_WORK_JUMP, &silent, NOT_AGAIN },
	{ EF_WORK_MEMORY, &garbled, "resync" },
	{ EF_WORK_MEMORY, &differs, NOT_AGAIN },
	{ EF_WORK_PREPARE, &silent, "reconnect" },
	{ EF_WORK_PREPARE, &unsupported, "reconnect" },
	{ EF_WORK_PREPARE, &meant, NOT_AGAIN },
	{ EF_WORK_PREPARE, &gone, NOT_AGAIN },
	{ EF_WORK_CONNECT, &gone, "reopen" },
	{ EF_WORK_CONNECT, &lost, NOT_AGAIN },
	{ EF_WORK_WRITE, &gone, "hear reopen resync" },
	{ EF_WORK_WRITE, &silent, "hear-silence resync" },
	{ EF_WORK_WRITE, &garbled, "hear resync" },
	{ EF_WORK_WRITE, &differs, "" },
	{ EF_WORK_WRITE, &meant, NOT_AGAIN },
	{ EF_WORK_COMPARE, &gone, "hear reopen resync" },
	{ EF_WORK_COMPARE, &lost, "hear resync" },
	{ EF_WORK_COMPARE, &meant, "hear resync" },
	{ EF_WORK_COMPARE, &unsupported, "hear resync" },
	{ EF_WORK_COMPARE, &differs, NOT_AGAIN },
	{ EF_WORK_READ, &gone, "hear reopen resync" },
	{ EF_WORK_READ, &lost, "hear resync" },
	{ EF_WORK_READ, &differs, "hear resync" },
	{ EF_WORK_READ, &meant, "hear resync" },
	{ EF_WORK_READ, &unsupported, "hear resync" },
	{ EF_WORK_ERASE, &gone, "hear reopen resync" },
	{ EF_WORK_ERASE, &uncertain, "hear resync" },
	{ EF_WORK_ERASE, &differs, "" },
	{ EF_WORK_ERASE, &meant, "hear resync" },
};

START_TEST(rungs_after_a_fault)
{
	bool is_tried = strcmp(climbs[_i].rungs, NOT_AGAIN) != 0;
	struct step s = { *climbs[_i].fault, EF_E_TIMEOUT, 1, 0, 0 };
	bool ok;

	start();
	f.recovery.is_connecting = true;
	if (climbs[_i].fault == &gone)
		s.code = EF_E_PORT;
	ok = try_step(climbs[_i].work, &s);
	ck_assert_msg(ok == is_tried, "row %d: %s", _i, err.msg);
	ck_assert_uint_eq(s.tries, is_tried ? 2 : 1);
	ck_assert_str_eq(rungs.log, is_tried ? climbs[_i].rungs : "");
	/* what arrived is dropped only where one exchange is repeated */
	ck_assert_uint_eq(port.discards, is_tried && climbs[_i].work == EF_WORK_QUERY &&
						 climbs[_i].fault != &garbled);
}
END_TEST

/* A mask ROM refuses unknown and damaged requests alike, so asking again proves nothing. */
START_TEST(refusals_of_a_rom_count)
{
	struct step s = { damaged, EF_E_PROTOCOL, 1, 0, 0 };

	start();
	f.recovery.is_connecting = true;
	f.rom.loader = EF_LOADER_ROM;
	ck_assert(!try_step(EF_WORK_QUERY, &s));
	ck_assert_uint_eq(s.tries, 1);
}
END_TEST

/* On a bad line even a refusal that is meant may answer a damaged request. */
START_TEST(refusals_on_a_bad_line)
{
	struct step s = { meant, EF_E_PROTOCOL, 1, 0, 0 };

	start();
	f.recovery.is_bad_line = true;
	ck_assert(try_step(EF_WORK_WRITE, &s));
	s = (struct step){ meant, EF_E_PROTOCOL, 1, 0, 0 };
	start();
	f.recovery.is_bad_line = true;
	ck_assert(!try_step(EF_WORK_BLOCK, &s));
}
END_TEST

/* Before a chip has answered, or where it can't be opened again, the port's end is the end. */
START_TEST(a_port_that_is_gone)
{
	struct step s = { gone, EF_E_PORT, 1, 0, 0 };

	start();
	f.was_met = false;
	ck_assert(!try_step(EF_WORK_CONNECT, &s));
	ck_assert_str_eq(rungs.log, "");
	s.tries = 0;
	start();
	port.ops.reopen = NULL;
	ck_assert(!try_step(EF_WORK_WRITE, &s));
	ck_assert_str_eq(rungs.log, "");
}
END_TEST

/* If no loader answers, the session is built anew, at the rate that it stepped down to. */
START_TEST(no_loader_answers)
{
	struct step s = { lost, EF_E_TIMEOUT, 1, 0, 0 };

	start();
	rungs.answers = false;
	f.recovery.rate_hz = 230400;
	ck_assert(try_step(EF_WORK_WRITE, &s));
	ck_assert_str_eq(rungs.log, "hear resync rebuild");
	ck_assert_uint_eq(rungs.rebuilt_at_hz, 230400);
	ck_assert_uint_eq(rungs.resynced.tries, 8);
	ck_assert_uint_eq(rungs.resynced.ms, 300);
	/* two SYNCs were sent to a silent chip already */
	s = (struct step){ silent, EF_E_TIMEOUT, 1, 0, 0 };
	start();
	rungs.answers = false;
	ck_assert(try_step(EF_WORK_READ, &s));
	ck_assert_uint_eq(rungs.resynced.tries, 4);
	s = (struct step){ silent, EF_E_TIMEOUT, 1, 0, 0 };
	start();
	ck_assert(try_step(EF_WORK_MEMORY, &s));
	ck_assert_uint_eq(rungs.resynced.tries, 1);
	ck_assert_uint_eq(rungs.resynced.ms, 100);
	/* a reading asks twice first, since what the stub still sends may hide an answer */
	s = (struct step){ lost, EF_E_TIMEOUT, 1, 0, 0 };
	start();
	ck_assert(try_step(EF_WORK_READ, &s));
	ck_assert_uint_eq(rungs.resynced.tries, 2);
	ck_assert_uint_eq(rungs.resynced.ms, 100);
	/* one SYNC it is after any fault; only the longer budgets are halved */
	s = (struct step){ garbled, EF_E_PROTOCOL, 1, 0, 0 };
	start();
	ck_assert(try_step(EF_WORK_MEMORY, &s));
	ck_assert_uint_eq(rungs.resynced.tries, 1);
	/* a memory window has no further rung */
	s = (struct step){ silent, EF_E_TIMEOUT, 1, 0, 0 };
	start();
	rungs.answers = false;
	ck_assert(!try_step(EF_WORK_MEMORY, &s));
	ck_assert_str_eq(err.msg, "the step fails");
}
END_TEST

/* The port goes away while the rungs look for a loader. */
START_TEST(the_port_goes_meanwhile)
{
	struct step s = { lost, EF_E_TIMEOUT, 1, 0, 0 };

	start();
	rungs.resync = EF_E_PORT;
	ck_assert(try_step(EF_WORK_WRITE, &s));
	ck_assert_str_eq(rungs.log, "hear resync hear reopen resync");
	/* another board is on it */
	s.tries = 0;
	start();
	rungs.resync = EF_E_PORT;
	f.recovery.is_other_board = true;
	ck_assert(!try_step(EF_WORK_WRITE, &s));
	ck_assert_str_eq(rungs.log, "");
	/* uploads have no rung that opens a port */
	s.tries = 0;
	start();
	rungs.resync = EF_E_PORT;
	ck_assert(!try_step(EF_WORK_UPLOAD, &s));
	ck_assert_str_eq(rungs.log, "resync");
	ck_assert_int_eq(err.code, EF_E_PORT);
}
END_TEST

/* Which of two errors is reported: the first one, unless the other one says more. */
static const struct {
	enum ef_work work;
	enum ef_code other;
	const char *text;
} reports[] = {
	{ EF_WORK_WRITE, EF_E_TIMEOUT, "the step fails" },
	{ EF_WORK_WRITE, EF_E_INTR, "the resync fails" },
	{ EF_WORK_WRITE, EF_E_POWER, "the resync fails" },
	{ EF_WORK_UPLOAD, EF_E_PORT, "the resync fails" },
	{ EF_WORK_UPLOAD, EF_E_PROTOCOL, "the step fails" },
};

START_TEST(which_error_is_reported)
{
	struct step s = { lost, EF_E_TIMEOUT, 1, 0, 0 };

	start();
	rungs.resync = reports[_i].other;
	ck_assert(!try_step(reports[_i].work, &s));
	ck_assert_str_eq(err.msg, reports[_i].text);
}
END_TEST

START_TEST(a_failed_reset_is_reported)
{
	struct step s = { lost, EF_E_TIMEOUT, 1, 0, 0 };

	start();
	rungs.fails = true;
	ck_assert(!try_step(EF_WORK_PREPARE, &s));
	ck_assert_str_eq(err.msg, "the reset fails");
	s.tries = 0;
	start();
	rungs.fails = true;
	rungs.answers = false;
	ck_assert(!try_step(EF_WORK_WRITE, &s));
	ck_assert_str_eq(err.msg, "the step fails");
}
END_TEST

/* ---- the rungs' own results ---- */

static bool hear_fails(struct ef_flasher *self, enum ef_heard heard, bool *ret_was_reset,
		       struct ef_err *e)
{
	(void)on_hear(self, heard, ret_was_reset, e);
	return ef_fail(e, EF_E_INTR, "interrupted");
}

static bool hear_a_reset(struct ef_flasher *self, enum ef_heard heard, bool *ret_was_reset,
			 struct ef_err *e)
{
	(void)on_hear(self, heard, ret_was_reset, e);
	*ret_was_reset = true;
	return true;
}

static bool reopen_fails(struct ef_flasher *self, const struct ef_err *cause, struct ef_err *e)
{
	(void)on_reopen(self, cause, e);
	return ef_fail(e, EF_E_INTR, "interrupted");
}

static bool slower_fails(struct ef_flasher *self, uint32_t rate_hz, bool *ret, struct ef_err *e)
{
	(void)on_slower(self, rate_hz, ret, e);
	return ef_fail(e, EF_E_INTR, "interrupted");
}

static bool slower_in_vain(struct ef_flasher *self, uint32_t rate_hz, bool *ret, struct ef_err *e)
{
	(void)on_slower(self, rate_hz, ret, e);
	*ret = false;
	return true;
}

/* After the user's Ctrl-C no further rung is climbed, and the step is not tried again. */
static const struct {
	enum ef_work work;
	const struct ef_fault *fault;
	struct ef_rungs rungs; /* those that differ from the usual ones */
	bool is_too_fast;
	const char *log;
	bool goes_on;
} results[] = {
	{ EF_WORK_WRITE, &lost, { .hear = hear_fails }, false, "hear", false },
	{ EF_WORK_WRITE, &gone, { .reopen = reopen_fails }, false, "hear reopen", false },
	{ EF_WORK_WRITE, &lost, { .slower = slower_fails }, true, "hear resync slower", false },
	/* a chip that was reset answers as a ROM: SYNCs would find a loader that is not set up */
	{ EF_WORK_WRITE, &lost, { .hear = hear_a_reset }, false, "hear rebuild", true },
	{ EF_WORK_READ, &silent, { .hear = hear_a_reset }, false, "hear-silence rebuild", true },
	/* the slower rate carries nothing either */
	{ EF_WORK_WRITE,
	  &lost,
	  { .slower = slower_in_vain },
	  true,
	  "hear resync slower rebuild",
	  true },
};

START_TEST(results_of_rungs)
{
	struct step s = { *results[_i].fault, EF_E_TIMEOUT, 1, 0, 0 };
	const struct ef_rungs *other = &results[_i].rungs;
	struct ef_rungs own;

	start();
	own = *f.rungs;
	own.hear = other->hear ? other->hear : own.hear;
	own.reopen = other->reopen ? other->reopen : own.reopen;
	own.slower = other->slower ? other->slower : own.slower;
	f.rungs = &own;
	if (results[_i].is_too_fast) {
		rungs.next_rate = 57600;
		f.recovery.faults = 3;
	}
	ck_assert_int_eq(try_step(results[_i].work, &s), results[_i].goes_on);
	ck_assert_str_eq(rungs.log, results[_i].log);
	ck_assert_uint_eq(s.tries, results[_i].goes_on ? 2 : 1);
	ck_assert_int_eq(err.code, results[_i].goes_on ? EF_OK : EF_E_INTR);
}
END_TEST

/* Reading asks shortly first. An error then, or the other SYNCs', ends the climb, too. */
START_TEST(interrupted_resync)
{
	static const enum ef_work works[] = { EF_WORK_READ, EF_WORK_WRITE, EF_WORK_UPLOAD,
					      EF_WORK_MEMORY };
	struct step s = { lost, EF_E_TIMEOUT, 1, 0, 0 };

	start();
	rungs.answers = false;
	rungs.resync = EF_E_INTR;
	ck_assert(!try_step(works[_i], &s));
	ck_assert_str_eq(rungs.log, _i < 2 ? "hear resync" : "resync");
	ck_assert_int_eq(err.code, EF_E_INTR);
}
END_TEST

static bool discard_fails(struct ef_port *self, struct ef_err *e)
{
	(void)self;
	return ef_fail(e, EF_E_INTR, "interrupted");
}

START_TEST(interrupted_repetition)
{
	struct step s = { lost, EF_E_TIMEOUT, 1, 0, 0 };

	start();
	f.recovery.is_connecting = true;
	port.ops.discard = discard_fails;
	ck_assert(!try_step(EF_WORK_QUERY, &s));
	ck_assert_int_eq(err.code, EF_E_INTR);
	ck_assert_uint_eq(s.tries, 1);
}
END_TEST

Suite *suite_try(void);

Suite *suite_try(void)
{
	Suite *s = suite_create("try");
	TCase *t = tcase_create("try");

	tcase_add_loop_test(t, rungs_after_a_fault, 0, (int)EF_ARRAY_LEN(climbs));
	tcase_add_test(t, refusals_of_a_rom_count);
	tcase_add_test(t, refusals_on_a_bad_line);
	tcase_add_test(t, a_port_that_is_gone);
	tcase_add_test(t, no_loader_answers);
	tcase_add_test(t, the_port_goes_meanwhile);
	tcase_add_loop_test(t, which_error_is_reported, 0, (int)EF_ARRAY_LEN(reports));
	tcase_add_test(t, a_failed_reset_is_reported);
	tcase_add_loop_test(t, results_of_rungs, 0, (int)EF_ARRAY_LEN(results));
	tcase_add_loop_test(t, interrupted_resync, 0, 4);
	tcase_add_test(t, interrupted_repetition);
	suite_add_tcase(s, t);
	return s;
}
