/* SPDX-License-Identifier: MIT */
/*
 * The recovery policy alone: which rungs it climbs after which fault, how often a step is
 * tried, and what stops it. The step always fails and the rungs only say their names.
 */
#include "flasher/flasher_priv.h"
#include "ck_ef.h"
#include "rig/fake_port.h"

static struct ef_flasher f;
static struct fake_port port;
static struct ef_err err;

/* What the rungs do, and the names of those that were climbed. */
static struct {
	char log[2048];
	bool answers;        /* to SYNC, and at a slower rate */
	bool fails;          /* reconnect and rebuild */
	enum ef_code resync; /* the error of the first resync; EF_OK: none */
	uint32_t next_rate;
	struct ef_budget resynced; /* of the last one */
	uint32_t rebuilt_at_hz;    /* by the last one */
	unsigned explained;
} rungs;

static void note(const char *name)
{
	size_t len = strlen(rungs.log);

	(void)snprintf(rungs.log + len, sizeof(rungs.log) - len, "%s%s", len ? " " : "", name);
}

static bool on_resync(struct ef_flasher *self, const struct ef_budget *budget, bool *ret,
		      struct ef_err *e)
{
	enum ef_code code = rungs.resync;

	(void)self;
	note("resync");
	rungs.resynced = *budget;
	rungs.resync = EF_OK;
	*ret = rungs.answers;
	return code == EF_OK || ef_fail(e, code, "the resync fails");
}

static bool on_reopen(struct ef_flasher *self, const struct ef_err *cause, struct ef_err *e)
{
	(void)self;
	(void)cause;
	(void)e;
	note("reopen");
	return true;
}

static uint32_t on_next_rate(const struct ef_flasher *self)
{
	(void)self;
	return rungs.next_rate;
}

static bool on_slower(struct ef_flasher *self, uint32_t rate_hz, bool *ret, struct ef_err *e)
{
	(void)self;
	(void)e;
	ck_assert_uint_eq(rate_hz, rungs.next_rate);
	note("slower");
	*ret = rungs.answers;
	return true;
}

static bool on_reconnect(struct ef_flasher *self, const struct ef_err *cause, struct ef_err *e)
{
	(void)self;
	(void)cause;
	note("reconnect");
	return !rungs.fails || ef_fail(e, EF_E_TIMEOUT, "the reset fails");
}

static bool on_rebuild(struct ef_flasher *self, uint32_t rate_hz, struct ef_err *e)
{
	(void)self;
	note("rebuild");
	rungs.rebuilt_at_hz = rate_hz;
	return !rungs.fails || ef_fail(e, EF_E_TIMEOUT, "the rebuild fails");
}

static bool on_hear(struct ef_flasher *self, enum ef_heard heard, bool *ret_was_reset,
		    struct ef_err *e)
{
	(void)self;
	(void)e;
	*ret_was_reset = false;
	note(heard == EF_HEARD_NOBODY ? "hear-silence" : "hear");
	return true;
}

static void on_explain(struct ef_flasher *self, struct ef_err *e)
{
	(void)self;
	(void)e;
	rungs.explained++;
}

static bool can_reopen(struct ef_port *self, uint64_t deadline_us, struct ef_err *e)
{
	(void)self;
	(void)deadline_us;
	(void)e;
	return true;
}

/* A step that fails with this fault as often as it is told. */
struct step {
	struct ef_fault fault;
	enum ef_code code;
	unsigned failures; /* then it succeeds */
	unsigned tries;
	uint32_t ms; /* that each takes */
};

static bool run_step(void *ctx, struct ef_err *e)
{
	struct step *s = ctx;

	port.now_us += s->ms * 1000ull;
	if (s->tries++ >= s->failures)
		return true;
	ef_fail(e, s->code, "the step fails");
	e->fault = s->fault;
	return false;
}

static void start(void)
{
	static const struct ef_rungs all = {
		.resync = on_resync,
		.reopen = on_reopen,
		.next_rate = on_next_rate,
		.slower = on_slower,
		.reconnect = on_reconnect,
		.rebuild = on_rebuild,
		.hear = on_hear,
		.explain = on_explain,
	};

	memset(&rungs, 0, sizeof(rungs));
	rungs.answers = true;
	memset(&f, 0, sizeof(f));
	fake_init(&port, FAKE_SERIAL);
	port.ops.reopen = can_reopen;
	port.now_us = 1000000;
	err = (struct ef_err)EF_ERR_INIT;
	f.port = &port.base;
	f.rungs = &all;
	f.was_met = true;
	ck_ok(ef_rom_init(&f.rom, &port.base, &err), &err);
	f.rom.loader = EF_LOADER_STUB;
}

static bool try_step(enum ef_work work, struct step *s)
{
	struct ef_try t = { .work = work, .step = run_step, .ctx = s };
	bool ok = ef_try(&f, &t, &err);

	ef_rom_release(&f.rom);
	return ok;
}

/* ---- rungs ---- */

static const struct ef_fault silent = { .kind = EF_FAULT_SILENT }, lost = { .kind = EF_FAULT_LOST },
			     garbled = { .kind = EF_FAULT_GARBLED },
			     differs = { .kind = EF_FAULT_DIFFERS },
			     gone = { .kind = EF_FAULT_PORT_GONE },
			     damaged = { EF_FAULT_REFUSED, 0xc1, 0, EF_REFUSAL_DAMAGED },
			     uncertain = { EF_FAULT_REFUSED, 0xc7, 0, EF_REFUSAL_UNCERTAIN },
			     unsupported = { EF_FAULT_REFUSED, 1, 5, EF_REFUSAL_UNSUPPORTED },
			     meant = { EF_FAULT_REFUSED, 0xc4, 0, EF_REFUSAL_MEANT };

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
	{ EF_WORK_READ, &gone, "hear reopen resync" },
	{ EF_WORK_READ, &lost, "hear resync" },
	{ EF_WORK_READ, &differs, "hear resync" },
	{ EF_WORK_READ, &meant, NOT_AGAIN },
	{ EF_WORK_ERASE, &gone, "hear reopen resync" },
	{ EF_WORK_ERASE, &uncertain, "hear resync" },
	{ EF_WORK_ERASE, &differs, NOT_AGAIN },
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

/* A mask ROM refuses unknown and damaged requests alike, so asking again tells nothing. */
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

/* ---- budgets ---- */

static const struct {
	enum ef_work work;
	const struct ef_fault *fault;
	unsigned tries; /* with the first one */
} counts[] = {
	{ EF_WORK_QUERY, &lost, 4 },   { EF_WORK_BLOCK, &damaged, 9 },
	{ EF_WORK_UPLOAD, &lost, 11 }, { EF_WORK_JUMP, &lost, 3 },
	{ EF_WORK_MEMORY, &lost, 3 },  { EF_WORK_PREPARE, &lost, 4 },
	{ EF_WORK_CONNECT, &gone, 3 }, { EF_WORK_WRITE, &lost, 17 },
	{ EF_WORK_READ, &lost, 17 },   { EF_WORK_ERASE, &lost, 17 },
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

/* A rate that nobody asked for goes at the first loss, but not because of silence. */
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
	tcase_add_loop_test(t, tries_are_counted, 0, (int)EF_ARRAY_LEN(counts));
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
