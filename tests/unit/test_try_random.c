/* SPDX-License-Identifier: MIT */
/*
 * The recovery policy alone, for random faults of each kind of work in random states of the
 * session. tests/golden/session/tries.txt has a line for each kind of work: how many steps
 * succeed, how often they are tried, and the CRC of all rungs, errors and of what is remembered.
 * Whether a rung is right, test_try.c and test_try_budgets.c say; this notices that one changed.
 * TRY_LINES=1 in the environment prints the lines.
 */
#include "base/hash.h"
#include "flasher/climb.h"
#include "golden_lines.h"
#include "try_rig.h"

#define RUNS 300u

static uint32_t random_state;

static uint32_t next(uint32_t n)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % n;
}

static bool chance(void)
{
	return next(2);
}

static struct {
	char text[1u << 20];
	size_t len;
	unsigned good, tries;
} told;

static void EF_PRINTF(1, 2) tell(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(told.text + told.len, sizeof(told.text) - told.len, fmt, ap);
	va_end(ap);
	ck_assert(n >= 0 && (size_t)n < sizeof(told.text) - told.len);
	told.len += (size_t)n;
}

/* ---- rungs that may fail ---- */

static struct {
	bool was_reset; /* what the chip says proves it */
	enum ef_code slower, reopen;
} fails;

static bool hears(struct ef_flasher *self, enum ef_heard heard, bool *ret_was_reset,
		  struct ef_err *e)
{
	bool ok = on_hear(self, heard, ret_was_reset, e);

	tell("hear %d\n", (int)heard);
	*ret_was_reset = fails.was_reset;
	return ok;
}

static bool slows(struct ef_flasher *self, uint32_t rate_hz, bool *ret, struct ef_err *e)
{
	bool ok = on_slower(self, rate_hz, ret, e);

	return ok && (!fails.slower || ef_fail(e, fails.slower, "the rate fails"));
}

static bool reopens(struct ef_flasher *self, const struct ef_err *cause, struct ef_err *e)
{
	enum ef_code code = fails.reopen;

	tell("reopen after: %s\n", cause->msg);
	fails.reopen = EF_OK;
	return on_reopen(self, cause, e) && (!code || ef_fail(e, code, "the port fails"));
}

/* ---- steps ---- */

static const struct {
	const struct ef_fault *fault;
	enum ef_code code;
} faults[] = {
	{ &silent, EF_E_TIMEOUT },     { &lost, EF_E_TIMEOUT },
	{ &garbled, EF_E_PROTOCOL },   { &differs, EF_E_VERIFY },
	{ &gone, EF_E_PORT },          { &damaged, EF_E_PROTOCOL },
	{ &uncertain, EF_E_PROTOCOL }, { &unsupported, EF_E_PROTOCOL },
	{ &meant, EF_E_PROTOCOL },     { &lost, EF_E_POWER },
};

struct random_step {
	unsigned left;         /* failures */
	uint32_t fault, other; /* they come by turns, or the first one only */
	uint32_t ms, passes;
	bool makes_progress;
	enum ef_work work;
};

static bool run_random(void *ctx, struct ef_err *e)
{
	struct random_step *s = ctx;
	uint32_t n = s->left % 2 ? s->fault : s->other;

	told.tries++;
	port.now_us += s->ms * 1000ull;
	ef_recover_passed(&f, s->passes);
	if (s->makes_progress)
		ef_recover_progress(&f, s->work);
	if (!s->left--)
		return true;
	ef_fail(e, faults[n].code, "step %u fails", s->left);
	e->fault = *faults[n].fault;
	e->fault.status ^= (uint8_t)(e->fault.kind == EF_FAULT_REFUSED && s->left % 5 == 4);
	ef_recover_note(&f, e);
	tell("%d%d%d%d%d%d\n", ef_is_port_gone(e), ef_is_damaged(e), ef_is_no_answer(e),
	     ef_is_exchange_fault(e), ef_is_refusal(e), ef_is_line_fault(&f, e));
	return false;
}

static void failed(void *ctx, const struct ef_err *cause)
{
	const struct random_step *s = ctx;

	tell("failed: %s, %u of %u\n", cause->msg, f.recovery.failures[s->work], s->left);
}

static void again(void *ctx, const struct ef_err *cause)
{
	(void)ctx;
	tell("again: %s\n", cause->msg);
}

/* ---- states ---- */

static void set_session(void)
{
	static struct ef_rungs mine;

	start();
	mine = *f.rungs;
	mine.hear = hears;
	mine.slower = slows;
	mine.reopen = reopens;
	f.rungs = &mine;
	f.rom.loader = chance() ? EF_LOADER_STUB : EF_LOADER_ROM;
	f.was_met = next(4);
	f.rate_hz = 460800;
	f.plan.is_auto = next(3) == 0;
	f.recovery.is_connecting = chance();
	f.recovery.is_bad_line = next(4) == 0;
	f.recovery.damages = next(4);
	f.recovery.faults = next(3);
	f.recovery.rate_hz = next(3) ? 0 : 230400;
	f.recovery.climb.is_trial = next(5) == 0;
	f.recovery.climb.top_hz = chance() ? 921600 : 0;
}

static void set_rungs(void)
{
	static const enum ef_code codes[] = { EF_OK,     EF_OK,     EF_OK,      EF_OK,
					      EF_E_PORT, EF_E_INTR, EF_E_POWER, EF_E_TIMEOUT };

	rungs.answers = next(3);
	rungs.fails = next(4) == 0;
	rungs.resync = codes[next(8)];
	rungs.next_rate = chance() ? 230400 : 0;
	fails.was_reset = next(5) == 0;
	fails.slower = codes[next(8)];
	fails.reopen = codes[next(8)];
	if (next(5) == 0)
		port.ops.reopen = NULL;
}

static void try_random(enum ef_work work)
{
	struct random_step s = { .work = work };
	struct ef_try t = { .work = work, .step = run_random, .ctx = &s };
	bool ok;

	set_session();
	set_rungs();
	s.left = chance() ? next(5) : next(20);
	s.fault = next(EF_ARRAY_LEN(faults));
	s.other = chance() ? s.fault : next(EF_ARRAY_LEN(faults));
	s.ms = next(4) ? next(50) : 1000 + next(9000);
	s.passes = next(3) ? 0 : next(200000);
	s.makes_progress = next(8) == 0;
	t.failed = chance() ? failed : NULL;
	t.again = chance() ? again : NULL;
	t.start_us = next(4) ? 0 : 500000;
	ok = ef_try(&f, &t, &err);
	ck_assert_int_eq(ok, err.code == EF_OK);
	told.good += ok;
	tell("%d, %s: %s, %d %02x\n", ok, ef_code_name(err.code), err.msg, (int)err.fault.kind,
	     err.fault.status);
	tell("%s; quick %u %u; rebuilt at %u, explained %u, exhausted %d, %u refusals\n", rungs.log,
	     rungs.resynced.tries, rungs.resynced.ms, rungs.rebuilt_at_hz, rungs.explained,
	     t.is_exhausted, t.refusals);
	tell("%u discards, %zu sent\n", port.discards, port.sent_len);
	tell("%u damages, %u faults, %u since, rate %u, bad %d, climb %u %u %u %d\n",
	     f.recovery.damages, f.recovery.faults, f.recovery.since_fault, f.recovery.rate_hz,
	     f.recovery.is_bad_line, f.recovery.climb.top_hz, f.recovery.climb.quiet,
	     f.recovery.climb.failures, f.recovery.climb.is_trial);
	ef_rom_release(&f.rom);
}

START_TEST(random_tries)
{
	static const char *const names[EF_WORKS] = { "query", "begin",   "block",   "upload",
						     "jump",  "memory",  "prepare", "connect",
						     "write", "compare", "read",    "erase" };
	char line[128];

	memset(&told, 0, sizeof(told));
	random_state = (uint32_t)_i + 1;
	for (unsigned i = 0; i < RUNS; i++)
		try_random((enum ef_work)_i);
	(void)snprintf(line, sizeof(line), "%s: %u of %u, %u tries, %08x\n", names[_i], told.good,
		       RUNS, told.tries, ef_crc32(told.text, told.len));
	golden_has("tries", line, "TRY_LINES");
}
END_TEST

Suite *suite_try_random(void);
Suite *suite_try_random(void)
{
	Suite *s = suite_create("try_random");
	TCase *t = tcase_create("try_random");

	tcase_add_loop_test(t, random_tries, 0, EF_WORKS);
	suite_add_tcase(s, t);
	return s;
}
