/* SPDX-License-Identifier: MIT */
/*
 * How often and how long a silent chip is asked (docs/protocol.md, section 3). A SYNC of 44 bytes
 * takes 4 ms at 115200 baud; then it has 25 ms, or 100 ms where a network or the chip's own USB
 * port delays the answer. From the third SYNC on we listen for 200 ms before each.
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

static const struct pace {
	bool is_remote;
	uint64_t gap_ms;         /* from one SYNC to the next */
	uint64_t later_ms;       /* the same, from the second on */
	unsigned syncs, patient; /* of an attempt, and of the one after five in silence */
	uint64_t first_ms;       /* the wait before the first reset */
} paces[] = {
	{ false, 4 + 25, 200 + 4 + 25, 2 + 450 / 225, 2 + 1350 / 225, 4 + 15 },
	{ true, 4 + 100, 4 + 100, 500 / 100, 1400 / 100, 4 + 100 },
};

#define PATIENT 6u /* the first_sync, and five attempts, come before it */

static uint64_t sync_us[1024];
static unsigned syncs;

static bool note_sync(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	if (tap_is_request(data, len, EF_OP_SYNC) && syncs < EF_ARRAY_LEN(sync_us))
		sync_us[syncs++] = tap_real->now_us(port);
	return tap_real->write(port, data, len, deadline_us, err);
}

static void about(uint64_t us, uint64_t ms)
{
	ck_assert_uint_le(us, 1000 * ms + 100);
	ck_assert_uint_ge(us + 100, 1000 * ms);
}

START_TEST(silent_chip_is_asked_at_this_pace)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX };
	const struct pace *p = &paces[_i];
	static struct ef_connect_report report;
	const struct ef_attempt *a = report.evidence.attempt;
	struct rig r;

	syncs = 0;
	rig_power(&r, &board);
	r.opts.report = &report;
	r.opts.timeout_ms = 20000;
	if (p->is_remote)
		r.port->caps |= EF_PORT_REMOTE;
	tap_open(r.port)->write = note_sync;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);

	ck_assert_uint_gt(report.evidence.attempts, PATIENT + 1);
	about(a[0].took_us, p->first_ms);
	ck_assert_uint_eq(a[0].syncs, 1);
	for (unsigned i = 1; i <= PATIENT + 1; i++)
		ck_assert_uint_eq(a[i].syncs, i == PATIENT ? p->patient : p->syncs);
	for (unsigned at = 1, i = 1; i <= PATIENT; at += a[i].syncs, i++)
		for (unsigned k = 1; k < a[i].syncs; k++)
			about(sync_us[at + k] - sync_us[at + k - 1],
			      k < 2 ? p->gap_ms : p->later_ms);
	rig_done(&r);
}
END_TEST

/* Without a time of the user's, it is 10 seconds, and about 1.7 s for the test of the wires. */
START_TEST(silence_is_believed_after_10_seconds)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX };
	uint64_t from_us, took_ms;
	struct rig r;

	rig_power(&r, &board);
	r.opts.attempts = 1000;
	from_us = ef_port_now_us(r.port);
	ck_assert(!rig_connect(&r));
	took_ms = (ef_port_now_us(r.port) - from_us) / 1000;
	ck_assert_uint_ge(took_ms, 10000);
	ck_assert_uint_le(took_ms, 10000 + 1700 + 100);
	rig_done(&r);
}
END_TEST

/* ---- other rates ---- */

static uint32_t rates[32];
static unsigned rate_count;

static bool note_rate(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	if (rate_count < EF_ARRAY_LEN(rates))
		rates[rate_count++] = rate_hz;
	return tap_real->set_baud(port, rate_hz, err);
}

/* An application at 57600 baud: other usual rates are listened to until one is readable. */
START_TEST(each_other_rate_is_listened_to_once)
{
	static const uint32_t want[] = { 74880, 9600, 57600, 115200 };
	const struct sim_opts board = { .chip = "esp32",
					.circuit = SIM_CIRCUIT_NONE,
					.app_rate_hz = 57600,
					.chatty_app = true,
					.is_paced = true };
	static struct ef_connect_report report;
	struct rig r;

	rate_count = 0;
	rig_power(&r, &board);
	r.opts.report = &report;
	tap_open(r.port)->set_baud = note_rate;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_uint_eq(report.evidence.text_rate_hz, 57600);
	/* attempts at 115200 baud, and one at 74880, come before it */
	ck_assert_uint_ge(rate_count, 4);
	ck_assert_mem_eq(rates + rate_count - 4, want, sizeof(want));
	rig_done(&r);
}
END_TEST

/* ---- the user's timeout ---- */

/* The limit on the port at the first SYNC and at the first register read, and when these were. */
static struct seen {
	uint64_t us, limit_us;
} sync_seen, read_seen;

static bool see_limit(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	const struct seen now = { tap_real->now_us(port), port->limit_us };

	if (!sync_seen.us && tap_is_request(data, len, EF_OP_SYNC))
		sync_seen = now;
	if (!read_seen.us && tap_is_request(data, len, EF_OP_READ_REG))
		read_seen = now;
	return tap_real->write(port, data, len, deadline_us, err);
}

/* It runs from the start, but from the board's answer on where the user waits for the board. */
START_TEST(timeout_begins)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	sync_seen = read_seen = (struct seen){ 0 };
	rig_power(&r, &board);
	r.opts.timeout_ms = 5000;
	r.opts.wait_ms = _i ? 60000 : 0;
	tap_open(r.port)->write = see_limit;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_int_eq(sync_seen.limit_us == 0, _i);
	if (!_i)
		ck_assert_uint_eq(read_seen.limit_us, sync_seen.limit_us);
	ck_assert_uint_gt(read_seen.limit_us, read_seen.us);
	ck_assert_uint_le(read_seen.limit_us, read_seen.us + 5000000 + EF_LIMIT_SLACK_US);
	ck_assert_uint_eq(r.port->limit_us, 0);
	rig_done(&r);
}
END_TEST

/* ---- a server that confirms changes of the lines ---- */

/* The ROM's whole greeting takes less time than a confirmation. */
#define CONFIRM_US 60000u

static bool confirmed_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	return tap_real->set_lines(port, mask, value, err) &&
	       tap_real->sleep_us(port, CONFIRM_US, err);
}

/*
 * The words that come before a confirmation are those of our reset. A C2's first ones are garbled,
 * because its ROM prints them at another rate.
 */
START_TEST(start_is_heard_before_its_confirmation)
{
	const struct sim_opts board = { .chip = rig_chips[_i], .is_paced = true };
	static struct ef_connect_report report;
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	r.port->caps |= EF_PORT_REMOTE;
	tap_open(r.port)->set_lines = confirmed_lines;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_ge(report.evidence.resets, 1);
	ck_assert_uint_eq(report.evidence.reactions.restarts + report.evidence.reactions.garbled,
			  report.evidence.resets);
	rig_done(&r);
}
END_TEST

Suite *suite_connect_times(void);
Suite *suite_connect_times(void)
{
	Suite *s = suite_create("connect_times");
	TCase *t = tcase_create("connect_times");

	tcase_add_loop_test(t, silent_chip_is_asked_at_this_pace, 0, EF_ARRAY_LEN(paces));
	tcase_add_test(t, each_other_rate_is_listened_to_once);
	tcase_add_test(t, silence_is_believed_after_10_seconds);
	tcase_add_loop_test(t, timeout_begins, 0, 2);
	tcase_add_loop_test(t, start_is_heard_before_its_confirmation, 0, RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
