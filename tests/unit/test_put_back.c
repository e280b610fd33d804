/* SPDX-License-Identifier: MIT */
/*
 * What a connection changes for a while and must put back: the polarity of the lines, and what
 * it knows of a rate that failed. And how long its first SYNC waits.
 */
#include "rig/tap_port.h"
#include "flasher_rig.h"

/* ---- the polarity of the lines ---- */

/*
 * The wire to the chip is cut and inverters are in its lines, so it reaches download mode only
 * in the one attempt with inverted lines. It is sure that the chip does not hear us when a second
 * attempt of that kind shows the same.
 */
START_TEST(deaf_chip_behind_inverters_is_asked_twice)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = SIM_CIRCUIT_INVERTED,
					.is_paced = true };
	struct ef_connect_report report = { 0 };
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	tap_open(r.port)->write = tap_lost_write;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_int_eq(report.verdict, EF_VERDICT_NO_SYNC_REPLY);
	ck_assert_uint_eq(r.port->inverted, 0);
	rig_done(&r);
}
END_TEST

/* Nothing led to download mode: the lines are as the user said. */
START_TEST(polarity_is_the_users_after_a_failure)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE };
	const unsigned inverted = _i ? EF_RTS : 0;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(ef_port_invert_lines(r.port, inverted, &r.err), &r.err);
	ck_assert(!rig_connect(&r));
	ck_assert_uint_eq(r.port->inverted, inverted);
	rig_done(&r);
}
END_TEST

/* ---- a port that goes away ---- */

static struct {
	uint32_t at_hz; /* setting this rate finds the port gone, once */
	unsigned lost, reopened;
	unsigned inverted_at_reopen;
} away;

static bool away_set_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	if (rate_hz != away.at_hz || away.lost)
		return tap_real->set_baud(port, rate_hz, err);
	away.lost++;
	return ef_fail(err, EF_E_PORT, "the adapter was unplugged");
}

static bool away_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	away.reopened++;
	away.inverted_at_reopen = port->inverted;
	return tap_real->reopen(port, deadline_us, err);
}

static struct ef_port_ops *tap_away(struct rig *r)
{
	struct ef_port_ops *ops = tap_open(r->port);

	memset(&away, 0, sizeof(away));
	ops->set_baud = away_set_baud;
	ops->reopen = away_reopen;
	return ops;
}

/* The application talks at a rate that nobody expects; the port goes away while we look for it. */
START_TEST(port_that_leaves_while_rates_are_tried_is_followed)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = SIM_CIRCUIT_NONE,
					.app_rate_hz = 230400,
					.chatty_app = true,
					.is_paced = true };
	struct ef_connect_report report = { 0 };
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	(void)tap_away(&r);
	away.at_hz = 9600; /* only the search for a rate takes this one */
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_uint_eq(away.reopened, 1);
	ck_assert_int_ne(r.err.code, EF_E_PORT);
	ck_assert_int_eq(report.verdict, EF_VERDICT_GARBAGE);
	rig_done(&r);
}
END_TEST

static bool inverted_away_lines(struct ef_port *port, unsigned mask, unsigned value,
				struct ef_err *err)
{
	if (port->inverted == 0 || away.lost)
		return tap_real->set_lines(port, mask, value, err);
	away.lost++;
	return ef_fail(err, EF_E_PORT, "the adapter was unplugged");
}

/* It goes away in the attempt with inverted lines: a port that is back has its lines idle. */
START_TEST(port_that_leaves_while_lines_are_inverted_is_back_without)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE };
	struct rig r;

	rig_power(&r, &board);
	tap_away(&r)->set_lines = inverted_away_lines;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_uint_eq(away.lost, 1);
	ck_assert_uint_eq(away.reopened, 1);
	ck_assert_uint_eq(away.inverted_at_reopen, 0);
	ck_assert_uint_eq(r.port->inverted, 0);
	rig_done(&r);
}
END_TEST

/* ---- a rate of our own choice that failed ---- */

static struct {
	bool is_on;    /* from the next reset on ... */
	bool is_crash; /* ... this request kills the chip, until the next reset */
	uint8_t op;
	uint32_t rate_hz; /* but only at this rate; 0: at each */
} crash;

static bool crash_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	crash.is_crash |= crash.is_on && tap_is_request(data, len, crash.op) &&
			  (!crash.rate_hz || crash.rate_hz == port->rate_hz);
	return crash.is_crash || tap_real->write(port, data, len, deadline_us, err);
}

static bool crash_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	crash.is_on = true;
	crash.is_crash = false;
	return tap_real->set_lines(port, mask, value, err);
}

static void tap_crash(struct rig *r, uint8_t op, uint32_t rate_hz)
{
	struct ef_port_ops *ops = tap_open(r->port);

	memset(&crash, 0, sizeof(crash));
	crash.op = op;
	crash.rate_hz = rate_hz;
	ops->write = crash_write;
	ops->set_lines = crash_lines;
}

/*
 * A stub that still runs falls silent at the faster rate. The connection after it fails at the
 * first rate, so the fault is not the rate's: the user hears of it, and it has six more tries,
 * those of a line that damaged something.
 */
START_TEST(failed_rate_is_forgotten_by_the_next_connection)
{
	struct sim_opts board = { .chip = "esp32c3", .stub_running = true, .is_paced = true };
	struct rig r;

	board.faults.max_rate_hz = 500000;
	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	r.opts.speed = (struct ef_connect_speed){ .is_auto = true, .is_known = true };
	tap_crash(&r, EF_OP_GET_SECURITY_INFO, 0);
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	rig_says(&r, "warn: no answer to GET_SECURITY_INFO");
	ck_assert_uint_eq(sim_resets(r.sim), 7);
	rig_done(&r);
}
END_TEST

/*
 * The first rate is garbage. The second one passes the proof, but the chip falls silent at it
 * later: that is the second rate's fault, so a third is next.
 */
START_TEST(second_rate_that_fails_is_left_as_well)
{
	struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	board.faults.max_rate_hz = 500000;
	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	r.opts.speed.is_auto = true;
	tap_crash(&r, EF_OP_MEM_BEGIN, 460800);
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_eq(r.port->rate_hz, 230400);
	ck_assert(rig_device(&r)->is_stub);
	rig_done(&r);
}
END_TEST

/* ---- the first SYNC ---- */

/*
 * Before a reset an answer that comes late costs that reset only, so the first SYNC is short. Not
 * so behind a network, and where no reset can follow.
 */
START_TEST(first_sync_is_short_where_a_reset_follows)
{
	static const struct {
		unsigned without, with; /* capabilities */
		uint32_t min_ms, max_ms;
	} ports[] = { { 0, 0, 15, 25 },
		      { EF_PORT_HAS_LINES, 0, 100, 110 },
		      { 0, EF_PORT_REMOTE, 100, 110 } };
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX };
	struct ef_connect_report report = { 0 };
	struct rig r;

	rig_power(&r, &board);
	r.port->caps = (r.port->caps & ~ports[_i].without) | ports[_i].with;
	r.opts.report = &report;
	r.opts.attempts = 1;
	ck_assert(!rig_connect(&r));
	ck_assert_uint_ge(report.evidence.attempt[0].took_us, ports[_i].min_ms * 1000u);
	ck_assert_uint_le(report.evidence.attempt[0].took_us, ports[_i].max_ms * 1000u);
	rig_done(&r);
}
END_TEST

/* ---- a connection within the work ---- */

static struct {
	bool is_hung;     /* nothing reaches the chip until its next reset */
	unsigned lost;    /* GET_SECURITY_INFOs after that: the first is lost */
	unsigned reopens; /* and the time that the last one was given */
	uint64_t ms;
} again;

static bool again_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (again.is_hung ||
	    (tap_is_request(data, len, EF_OP_GET_SECURITY_INFO) && again.lost++ == 0))
		return true;
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool again_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	again.is_hung = false;
	return tap_real->set_lines(port, mask, value, err);
}

/* As in the first connection, a single exchange is repeated, and costs no second reset. */
START_TEST(rebuilding_repeats_single_exchanges)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	const struct ef_write_opts opts = { .no_skip = true };
	static const uint8_t data[0x2000];
	const struct ef_region region = { 0x10000, data, sizeof(data), "app" };
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	memset(&again, 0, sizeof(again));
	again.is_hung = true;
	ops = tap_open(r.port);
	ops->write = again_write;
	ops->set_lines = again_lines;
	ck_ok(plain_write(r.f, &region, 1, &opts, NULL, &r.err), &r.err);
	tap_close(r.port);
	ck_assert_uint_ge(again.lost, 2);
	ck_assert_uint_eq(sim_resets(r.sim), 2);
	rig_done(&r);
}
END_TEST

static bool gone_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	(void)data;
	(void)len;
	(void)deadline_us;
	return ef_fail(err, EF_E_PORT, "'%s' is gone", port->info.name);
}

static bool gone_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	again.reopens++;
	again.ms = (deadline_us - tap_real->now_us(port)) / 1000;
	return ef_fail(err, EF_E_PORT, "'%s' did not come back", port->info.name);
}

/* A USB device needs up to 3 s to enumerate again, whatever time the user gave. */
START_TEST(port_gets_three_seconds_to_come_back)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	memset(&again, 0, sizeof(again));
	ops = tap_open(r.port);
	ops->write = gone_write;
	ops->reopen = gone_reopen;
	r.opts.wait_ms = 1; /* so that no limit is on the port before it answers */
	r.opts.timeout_ms = 100;
	ck_fails(rig_connect(&r), &r.err, EF_E_PORT, "is gone");
	tap_close(r.port);
	ck_assert_uint_eq(again.reopens, 1);
	ck_assert_uint_ge(again.ms, 2999); /* and some us have passed since */
	ck_assert_uint_le(again.ms, 3000);
	rig_done(&r);
}
END_TEST

Suite *suite_put_back(void);
Suite *suite_put_back(void)
{
	Suite *s = suite_create("put_back");
	TCase *t = tcase_create("lines");

	tcase_add_test(t, deaf_chip_behind_inverters_is_asked_twice);
	tcase_add_loop_test(t, polarity_is_the_users_after_a_failure, 0, 2);
	tcase_add_test(t, port_that_leaves_while_rates_are_tried_is_followed);
	tcase_add_test(t, port_that_leaves_while_lines_are_inverted_is_back_without);
	tcase_add_loop_test(t, first_sync_is_short_where_a_reset_follows, 0, 3);
	suite_add_tcase(s, t);
	t = tcase_create("rate");
	tcase_add_test(t, rebuilding_repeats_single_exchanges);
	tcase_add_test(t, port_gets_three_seconds_to_come_back);
	tcase_add_test(t, second_rate_that_fails_is_left_as_well);
	tcase_add_test(t, failed_rate_is_forgotten_by_the_next_connection);
	suite_add_tcase(s, t);
	return s;
}
