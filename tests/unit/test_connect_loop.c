/* SPDX-License-Identifier: MIT */
/*
 * What the connect loop does besides its verdicts: it records attempts, first tries what worked,
 * waits for hands, stays within its bound, and uploads the stub over poor lines.
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* ---- attempts are on record ---- */

START_TEST(attempts_are_recorded_with_their_times)
{
	static const struct sim_opts board = {
		.chip = "esp32", .circuit = SIM_CIRCUIT_NO_TX, .is_paced = true, .en_rise_us = 30000
	};
	static struct ef_connect_report report;
	const struct ef_attempt *a = report.evidence.attempt;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(ef_port_sleep_us(r.port, 5000000, &r.err) && ef_port_discard(r.port, &r.err), &r.err);
	r.opts.report = &report;
	ck_assert(!rig_connect(&r));
	ck_assert_uint_eq(report.evidence.attempts, 8);
	ck_assert_str_eq(a[0].strategy, "");
	ck_assert_str_eq(a[1].strategy, "unix-tight-quick");
	ck_assert_str_eq(a[6].strategy, "unix-tight-extra");
	ck_assert_int_eq(a[1].seen, EF_VERDICT_NO_SYNC_REPLY);
	ck_assert_uint_ge(a[1].start_us, 15000);
	/* 10 ms hold, 30 ms rise, 0.5 ms to the banner */
	ck_assert_uint_ge(a[1].first_us, 40000);
	ck_assert_uint_le(a[1].first_us, 60000);
	ck_assert_uint_ge(a[1].bytes, 100);
	ck_assert_int_eq(memcmp(a[1].head, "ets Jul", 7), 0);
	ck_assert_uint_eq(a[1].syncs, 20); /* 500 ms, one every 25 ms */
	ck_assert_uint_ge(report.evidence.boots.downloads, 6);
	ck_assert_uint_ge(report.evidence.rx.marks, 1);
	rig_done(&r);
}
END_TEST

/* ---- what worked is told, and tried first ---- */

START_TEST(what_worked_is_tried_first)
{
	static const struct sim_opts board = { .chip = "esp32c3",
					       .circuit = SIM_CIRCUIT_AUTO,
					       .is_paced = true,
					       .en_rise_us = 800000 };
	static struct ef_connect_report report;
	unsigned before;
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(report.strategy, "unix-tight-extra");
	ck_assert_uint_gt(report.evidence.resets, 4);
	rig_done(&r);

	rig_power(&r, &board);
	before = sim_resets(r.sim);
	r.opts.report = &report;
	r.opts.first_strategy = "unix-tight-extra";
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(report.evidence.resets, 1);
	ck_assert_uint_eq(sim_resets(r.sim) - before, 1);
	rig_done(&r);
}
END_TEST

START_TEST(own_sequence_is_the_only_one)
{
	static const struct sim_opts board = { .chip = "esp32",
					       .circuit = SIM_CIRCUIT_AUTO,
					       .is_paced = true,
					       .en_rise_us = 1200000 };
	static struct ef_connect_report report;
	struct ef_reset own;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(ef_reset_parse("D0|R1|W0.1|D1|R0|W1.5|D0", &own, &r.err), &r.err);
	r.opts.reset = &own;
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(report.strategy, "custom");
	ck_assert_uint_eq(report.evidence.resets, 1);
	rig_done(&r);
}
END_TEST

START_TEST(reset_delay_makes_the_first_attempt_fit)
{
	static const struct sim_opts board = {
		.chip = "esp32", .circuit = SIM_CIRCUIT_AUTO, .is_paced = true, .en_rise_us = 700000
	};
	static struct ef_connect_report report;
	struct rig r;

	rig_power(&r, &board);
	r.opts.reset_delay.is_set = true;
	r.opts.reset_delay.ms = 800;
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(report.strategy, "unix-tight-quick");
	rig_done(&r);
}
END_TEST

START_TEST(inverted_lines_stay_inverted)
{
	static const struct sim_opts board = { .chip = "esp32c3",
					       .circuit = SIM_CIRCUIT_INVERTED,
					       .is_paced = true,
					       .chatty_app = true };
	static struct ef_connect_report report;
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(report.is_inverted);
	/* the reset into the application needs it, too */
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_ok(ef_port_sleep_us(r.port, 500000, &r.err), &r.err);
	ck_assert(sim_is_running(r.sim));
	rig_done(&r);
}
END_TEST

/* ---- hands, and waiting ---- */

static const struct sim_opts unwired = {
	.chip = "esp32", .circuit = SIM_CIRCUIT_NONE, .chatty_app = true, .is_paced = true
};

START_TEST(waits_for_hands)
{
	struct rig r;

	rig_power(&r, &unwired);
	ck_ok(ef_port_sleep_us(r.port, 500000, &r.err), &r.err);
	if (_i == 0)
		r.opts.has_hands = true; /* for as long as hands need, not the loop's 10 s */
	else
		r.opts.wait_ms = 30000;
	sim_press_buttons_at(r.sim, sim_now_us(r.sim) + (_i == 0 ? 15000000 : 25000000));
	ck_ok(rig_connect(&r), &r.err);
	rig_says(&r, "hold BOOT, press RESET, release both: waiting");
	rig_done(&r);
}
END_TEST

/* ---- wires that are joined for a while ---- */

static struct {
	uint64_t until_us;
	uint8_t echo[64];
	size_t echo_len, echo_at;
	bool is_parted; /* since then the chip must be reset, and hears nothing before */
} joint;

static bool joint_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (tap_real->now_us(port) >= joint.until_us)
		return joint.is_parted ? tap_real->write(port, data, len, deadline_us, err) : true;
	joint.echo_len = len < sizeof(joint.echo) ? len : 0;
	joint.echo_at = 0;
	memcpy(joint.echo, data, joint.echo_len);
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool joint_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	if (joint.echo_at == joint.echo_len)
		return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
	*ret_len = joint.echo_len - joint.echo_at < cap ? joint.echo_len - joint.echo_at : cap;
	memcpy(buf, joint.echo + joint.echo_at, *ret_len);
	joint.echo_at += *ret_len;
	return true;
}

static bool joint_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	joint.is_parted |= tap_real->now_us(port) >= joint.until_us;
	return tap_real->set_lines(port, mask, value, err);
}

/* A user who waits removes the solder bridge. The next round resets the chip again. */
START_TEST(joined_wires_are_parted)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	static struct ef_connect_report report;
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	memset(&joint, 0, sizeof(joint));
	joint.until_us = ef_port_now_us(r.port) + 5000000;
	r.opts.report = &report;
	r.opts.wait_ms = 30000;
	ops = tap_open(r.port);
	ops->write = joint_write;
	ops->read = joint_read;
	ops->set_lines = joint_lines;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert(report.evidence.reactions.is_joined);
	ck_assert_uint_ge(ef_port_now_us(r.port), joint.until_us);
	rig_done(&r);
}
END_TEST

START_TEST(does_not_wait_unasked)
{
	struct rig r;
	uint64_t start;

	rig_power(&r, &unwired);
	start = sim_now_us(r.sim);
	sim_press_buttons_at(r.sim, start + 9000000);
	ck_assert(!rig_connect(&r));
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 9000000);
	rig_does_not_say(&r, "waiting");
	rig_done(&r);
}
END_TEST

START_TEST(bound_holds)
{
	struct rig r;
	uint64_t start;

	rig_power(&r, &unwired);
	start = sim_now_us(r.sim);
	r.opts.has_hands = true;
	r.opts.timeout_ms = _i == 0 ? 2000 : 30000;
	r.opts.attempts = _i == 0 ? 0 : 100;
	ck_assert(!rig_connect(&r));
	ck_assert_uint_ge(sim_now_us(r.sim) - start, r.opts.timeout_ms * 1000ull);
	ck_assert_uint_lt(sim_now_us(r.sim) - start, r.opts.timeout_ms * 1000ull + 1500000);
	rig_done(&r);
}
END_TEST

/* ---- the stub ---- */

START_TEST(stub_goes_in_smaller_blocks_where_long_ones_arrive_damaged)
{
	struct sim_opts board = { .chip = rig_chips[_i], .is_paced = true };
	struct rig r;

	if (!ef_stub_count())
		return;
	board.faults.mem_block_max = 0x400;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	rig_says(&r, "smaller blocks");
	rig_done(&r);
}
END_TEST

START_TEST(stub_that_never_arrives_is_refused_in_words)
{
	struct sim_opts board = { .chip = rig_chips[_i], .is_paced = true };
	static struct ef_connect_report report;
	struct rig r;

	if (!ef_stub_count())
		return;
	board.faults.mem_block_max = 1;
	rig_power(&r, &board);
	r.opts.report = &report;
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(report.verdict, EF_VERDICT_STUB_REFUSED);
	ck_assert_int_eq(r.err.code, EF_E_PROTOCOL);
	ck_assert_msg(strstr(r.err.msg, "flasher stub arrives damaged") != NULL, "%s", r.err.msg);
	ck_assert_msg(strstr(ck_hint(&r.err), "--no-stub") != NULL, "%s", ck_hint(&r.err));
	rig_done(&r);
}
END_TEST

Suite *suite_connect_loop(void);
Suite *suite_connect_loop(void)
{
	Suite *s = suite_create("connect_loop");
	TCase *t = tcase_create("loop");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, attempts_are_recorded_with_their_times);
	tcase_add_test(t, what_worked_is_tried_first);
	tcase_add_test(t, own_sequence_is_the_only_one);
	tcase_add_test(t, reset_delay_makes_the_first_attempt_fit);
	tcase_add_test(t, inverted_lines_stay_inverted);
	tcase_add_loop_test(t, waits_for_hands, 0, 2);
	tcase_add_test(t, joined_wires_are_parted);
	tcase_add_test(t, does_not_wait_unasked);
	tcase_add_loop_test(t, bound_holds, 0, 2);
	tcase_add_loop_test(t, stub_goes_in_smaller_blocks_where_long_ones_arrive_damaged, 0,
			    RIG_CHIPS);
	tcase_add_loop_test(t, stub_that_never_arrives_is_refused_in_words, 0, RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
