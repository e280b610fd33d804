/* SPDX-License-Identifier: MIT */
/*
 * Which rate comes next: the rules alone, without a board. The ladder is 921600, 460800, 230400
 * and 115200, from which a ROM starts (docs/protocol.md).
 */
#include "flasher/baud.h"
#include "ck_ef.h"
#include "rig/fake_port.h"

static struct fake_port port;

/* A session on a bridge, after a reset that the ROM greeted. */
static struct ef_flasher session(uint32_t rate_hz)
{
	struct ef_flasher f = { .rate_hz = rate_hz, .rom_rate_hz = 115200 };

	fake_init(&port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	f.port = &port.base;
	f.record.evidence.attempts = 1;
	f.record.evidence.attempt[0] = (struct ef_attempt){ .strategy = "classic", .bytes = 80 };
	return f;
}

START_TEST(next_slower_rate)
{
	static const struct {
		uint32_t from, to;
	} steps[] = { { 2000000, 921600 }, { 921600, 460800 }, { 500000, 460800 },
		      { 460800, 230400 },  { 230400, 115200 }, { 115201, 115200 },
		      { 115200, 0 },       { 9600, 0 } };

	for (size_t i = 0; i < EF_ARRAY_LEN(steps); i++) {
		struct ef_flasher f = session(steps[i].from);

		ck_assert_uint_eq(ef_baud_next(&f), steps[i].to);
	}
}
END_TEST

/* No step goes below the rate at which the ROM was met. */
START_TEST(ladder_ends_at_the_roms_rate)
{
	struct ef_flasher f = session(460800);

	f.rom_rate_hz = 230400;
	ck_assert_uint_eq(ef_baud_next(&f), 230400);
	f.rate_hz = 230400;
	ck_assert_uint_eq(ef_baud_next(&f), 0);
}
END_TEST

/* A port without a rate, and the chip's own USB ports. */
static void take_rate_away(struct ef_flasher *f, int how)
{
	if (how == 0)
		port.base.caps &= ~(unsigned)EF_PORT_HAS_BAUD;
	f->dev.is_usb_jtag = how == 1;
	f->dev.is_usb_otg = how == 2;
}

START_TEST(no_rate_without_a_wire)
{
	struct ef_flasher f = session(921600);

	f.plan.is_auto = true;
	f.plan.wanted_hz = 921600;
	f.recovery.climb.top_hz = 2000000;
	ck_assert(ef_baud_has_rate(&f));
	take_rate_away(&f, _i);
	ck_assert(!ef_baud_has_rate(&f));
	ck_assert_uint_eq(ef_baud_next(&f), 0);
	ck_assert_uint_eq(ef_baud_next_faster(&f), 0);
	ck_assert_uint_eq(ef_flasher_auto_rate(&f).rate_hz, 0);
}
END_TEST

START_TEST(next_faster_rate)
{
	static const struct {
		uint32_t from, top, to;
	} steps[] = { { 115200, 921600, 230400 },   { 230400, 921600, 460800 },
		      { 460800, 921600, 921600 },   { 921600, 921600, 0 },
		      { 115200, 230400, 230400 },   { 460800, 500000, 500000 },
		      { 921600, 2000000, 2000000 }, { 115200, 0, 0 } };

	for (size_t i = 0; i < EF_ARRAY_LEN(steps); i++) {
		struct ef_flasher f = session(steps[i].from);

		f.recovery.climb.top_hz = steps[i].top;
		ck_assert_uint_eq(ef_baud_next_faster(&f), steps[i].to);
	}
}
END_TEST

/* Only a reset undoes a rate at which the chip can't be heard, so one must have worked. */
static const struct undo {
	bool may_not, no_lines, no_reset, no_greeting, is_known, can;
} undos[] = {
	{ .can = true },
	{ .may_not = true },
	{ .no_lines = true },
	{ .no_reset = true },
	{ .no_greeting = true },
	{ .no_greeting = true, .is_known = true, .can = true },
	{ .no_reset = true, .is_known = true, .can = true },
	{ .no_lines = true, .is_known = true },
	{ .may_not = true, .is_known = true },
};

START_TEST(rate_is_raised_where_a_reset_works)
{
	const struct undo *u = &undos[_i];
	struct ef_flasher f = session(115200);

	f.plan.is_auto = true;
	f.plan.wanted_hz = f.recovery.climb.top_hz = 921600;
	f.opts.before = u->may_not ? EF_BEFORE_NO_RESET : EF_BEFORE_DEFAULT_RESET;
	f.opts.speed.is_known = u->is_known;
	if (u->no_lines)
		port.base.caps &= ~(unsigned)EF_PORT_HAS_LINES;
	if (u->no_reset)
		f.record.evidence.attempt[0].strategy[0] = '\0';
	f.record.evidence.attempt[0].bytes = u->no_greeting ? 19 : 20;
	ck_assert_uint_eq(ef_baud_next_faster(&f), u->can ? 230400 : 0);
	ef_baud_plan(&f);
	ck_assert_int_eq(f.plan.is_stuck, !u->can);
	ck_assert_int_eq(ef_flasher_auto_rate(&f).is_stuck, !u->can);
	ck_assert_uint_eq(ef_flasher_auto_rate(&f).rate_hz, u->can ? 921600 : 115200);
	f.plan.is_auto = false;
	ef_baud_plan(&f);
	ck_assert(!f.plan.is_stuck);
	ck_assert_uint_eq(ef_flasher_auto_rate(&f).rate_hz, 0);
}
END_TEST

/* The last attempt counts, or, where there were more than are kept, the last that was kept. */
START_TEST(last_attempt_counts)
{
	struct ef_flasher f = session(115200);
	struct ef_evidence *ev = &f.record.evidence;

	f.plan.is_auto = true;
	ev->attempts = _i ? EF_ATTEMPTS_MAX + 1 : 2;
	ev->attempt[_i ? EF_ATTEMPTS_MAX - 1 : 1] = ev->attempt[0];
	ev->attempt[0].bytes = 0;
	ef_baud_plan(&f);
	ck_assert(!f.plan.is_stuck);
	ev->attempts = 0;
	ef_baud_plan(&f);
	ck_assert(f.plan.is_stuck);
}
END_TEST

START_TEST(plan_is_lowered_and_capped)
{
	struct ef_flasher f = session(115200);

	f.plan.is_auto = true;
	f.plan.wanted_hz = 921600;
	ef_baud_cap(&f, 0);
	ef_baud_cap(&f, 921600);
	ck_assert_uint_eq(f.plan.wanted_hz, 921600);
	ck_assert(!f.plan.is_lowered);
	ef_baud_cap(&f, 921599);
	ck_assert_uint_eq(f.plan.wanted_hz, 921599);
	ck_assert(f.plan.is_lowered);
	f.plan.is_lowered = false;
	ef_baud_lower(&f);
	ck_assert_uint_eq(f.plan.wanted_hz, 460800);
	ck_assert(f.plan.is_lowered);
	f.plan.wanted_hz = 115200;
	ef_baud_lower(&f);
	ck_assert_uint_eq(f.plan.wanted_hz, 115200);
	f.plan.is_auto = false;
	ef_baud_cap(&f, 9600);
	ck_assert_uint_eq(f.plan.wanted_hz, 115200);
	f.plan.is_auto = true;
	f.plan.wanted_hz = 9600; /* never told as less than the rate of the ROM */
	ck_assert_uint_eq(ef_flasher_auto_rate(&f).rate_hz, 115200);
	ck_assert(ef_flasher_auto_rate(&f).is_lowered);
}
END_TEST

/* Both sides are at this rate, or there is none to change: the caller goes on, and nothing is sent.
 */
START_TEST(nothing_to_change)
{
	enum ef_baud_result result = EF_BAUD_LOST;
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher f = session(115200);

	if (_i < 3)
		take_rate_away(&f, _i);
	ck_ok(ef_baud_change(&f, _i < 3 ? 921600 : 115200, true, &result, &err), &err);
	ck_assert_int_eq(result, EF_BAUD_OK);
	ck_assert_uint_eq(f.rate_hz, 115200);
	ck_assert_uint_eq(port.sent_len, 0);
	ck_assert_str_eq(port.log, "");
}
END_TEST

/* Without a wish for a faster rate, or a reset that works, nothing is asked and nothing changes. */
START_TEST(nothing_to_raise)
{
	enum ef_baud_result result = EF_BAUD_LOST;
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher f = session(230400);

	f.plan.wanted_hz = _i == 0 ? 0 : _i == 1 ? 230400 : 921600;
	f.plan.is_falling = true; /* of an attempt before */
	f.plan.is_stuck = _i == 2;
	if (_i == 3)
		port.base.caps &= ~(unsigned)EF_PORT_HAS_BAUD;
	ck_ok(ef_baud_raise(&f, &result, &err), &err);
	ck_assert_int_eq(result, _i == 2 ? EF_BAUD_OK : EF_BAUD_KEPT);
	ck_assert(!f.plan.is_falling);
	ck_assert(!f.plan.is_lowered);
	ck_assert_uint_eq(f.rate_hz, 230400);
	ck_assert_str_eq(port.log, "");
}
END_TEST

/* Where the line fails within a change, the chip is lost to one of the two rates. */
START_TEST(end_of_an_attempt)
{
	static const struct {
		enum ef_fault_kind kind;
		bool is_lost;
	} faults[] = { { EF_FAULT_LOST, true },
		       { EF_FAULT_SILENT, true },
		       { EF_FAULT_GARBLED, true },
		       { EF_FAULT_NONE, false } };
	const struct ef_flasher f = session(115200);
	enum ef_baud_result result = EF_BAUD_KEPT;
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_baud_attempt(&f, true, &result, &err), &err);
	ck_assert_int_eq(result, EF_BAUD_KEPT);
	for (size_t i = 0; i < EF_ARRAY_LEN(faults); i++) {
		result = EF_BAUD_KEPT;
		ef_fail(&err, EF_E_TIMEOUT, "no answer");
		err.fault.kind = faults[i].kind;
		ck_assert_int_eq(ef_baud_attempt(&f, false, &result, &err), faults[i].is_lost);
		ck_assert_int_eq(result, faults[i].is_lost ? EF_BAUD_LOST : EF_BAUD_KEPT);
		ck_assert_int_eq(err.code, faults[i].is_lost ? EF_OK : EF_E_TIMEOUT);
		ef_err_clear(&err);
	}
}
END_TEST

Suite *suite_baud_rules(void);
Suite *suite_baud_rules(void)
{
	Suite *s = suite_create("baud_rules");
	TCase *t = tcase_create("baud_rules");

	tcase_add_test(t, next_slower_rate);
	tcase_add_test(t, ladder_ends_at_the_roms_rate);
	tcase_add_loop_test(t, no_rate_without_a_wire, 0, 3);
	tcase_add_test(t, next_faster_rate);
	tcase_add_loop_test(t, rate_is_raised_where_a_reset_works, 0, EF_ARRAY_LEN(undos));
	tcase_add_loop_test(t, last_attempt_counts, 0, 2);
	tcase_add_test(t, plan_is_lowered_and_capped);
	tcase_add_loop_test(t, nothing_to_change, 0, 4);
	tcase_add_loop_test(t, nothing_to_raise, 0, 4);
	tcase_add_test(t, end_of_an_attempt);
	suite_add_tcase(s, t);
	return s;
}
