/* SPDX-License-Identifier: MIT */
/* Options of the user that change how a connection is made, and logs that must begin anew. */
#include "flasher/connect_priv.h"
#include "flasher_rig.h"

/* The time of the one attempt with a reset, of a board that never answers. */
static uint64_t attempt_us(const struct ef_reset *own, bool has_delay, uint16_t delay_ms)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX };
	struct ef_connect_report report = { 0 };
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	r.opts.attempts = 1;
	r.opts.first_strategy = "unix-tight";
	r.opts.reset = own;
	r.opts.reset_delay.is_set = has_delay;
	r.opts.reset_delay.ms = delay_ms;
	ck_assert(!rig_connect(&r));
	ck_assert_uint_eq(report.evidence.attempts, 2);
	rig_done(&r);
	return report.evidence.attempt[1].took_us;
}

/* esptool's reset_delay replaces the 50 ms with BOOT low; a sequence of the user's has its own. */
START_TEST(reset_delay_of_the_user)
{
	const struct ef_reset *own = ef_reset_by_name("unix-tight");
	uint64_t usual = attempt_us(NULL, false, 0);

	ck_assert_uint_eq(attempt_us(NULL, false, 1050) / 1000, usual / 1000);
	ck_assert_uint_eq(attempt_us(NULL, true, 1050) / 1000, usual / 1000 + 1000);
	ck_assert_uint_eq(attempt_us(own, true, 1050) / 1000, usual / 1000);
}
END_TEST

/* A log of the work keeps its first bytes, one of a connection its last. */
START_TEST(cleared_log_is_as_new)
{
	struct ef_rx_log rx = { .len = 3, .total = 5, .marks = 2, .keeps_first = true };

	connect_log_clear(&rx);
	ck_assert_uint_eq(rx.len, 0);
	ck_assert_uint_eq(rx.total, 0);
	ck_assert_uint_eq(rx.marks, 0);
	ck_assert(!rx.keeps_first);
}
END_TEST

Suite *suite_connect_opts(void);
Suite *suite_connect_opts(void)
{
	Suite *s = suite_create("connect_opts");
	TCase *t = tcase_create("connect_opts");

	tcase_add_test(t, reset_delay_of_the_user);
	tcase_add_test(t, cleared_log_is_as_new);
	suite_add_tcase(s, t);
	return s;
}
