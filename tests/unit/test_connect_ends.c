/* SPDX-License-Identifier: MIT */
/* How connecting ends where the port itself is the trouble: it stalls, is late, or comes and goes.
 */
#include "flasher/connect.h"
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

static struct ef_connect_report report;
static uint64_t begin_us;
static unsigned reopened;

static void power(struct rig *r, const struct sim_opts *board)
{
	rig_power(r, board);
	memset(&report, 0, sizeof(report));
	r->opts.report = &report;
	r->opts.timeout_ms = 2000;
	begin_us = ef_port_now_us(r->port);
	reopened = 0;
}

/* ---- a driver that takes no bytes ---- */

static bool stalled_write(struct ef_port *port, const uint8_t *data, size_t len,
			  uint64_t deadline_us, struct ef_err *err)
{
	(void)port;
	(void)data;
	(void)len;
	(void)deadline_us;
	return ef_fail(err, EF_E_TIMEOUT, "the device takes no data");
}

START_TEST(writes_that_stall_are_counted)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX };
	struct rig r;

	power(&r, &board);
	tap_open(r.port)->write = stalled_write;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_uint_gt(report.evidence.syncs, 0);
	ck_assert_uint_eq(report.evidence.write_stalls, report.evidence.syncs);
	rig_done(&r);
	/* without a stall there is none */
	power(&r, &board);
	ck_assert(!rig_connect(&r));
	ck_assert_uint_eq(report.evidence.write_stalls, 0);
	rig_done(&r);
}
END_TEST

static bool fails_alone(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (len == 1)
		return ef_fail(err, EF_E_IO, "the driver fails");
	return tap_real->write(port, data, len, deadline_us, err);
}

/* Before an attempt's last SYNC a delimiter is sent alone. An error there is one like any other. */
START_TEST(driver_that_fails_at_a_delimiter)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NO_RX };
	struct rig r;

	power(&r, &board);
	tap_open(r.port)->write = fails_alone;
	ck_fails(rig_connect(&r), &r.err, EF_E_IO, "the driver fails");
	tap_close(r.port);
	ck_assert_int_eq(report.verdict, EF_VERDICT_NONE);
	ck_assert_uint_eq(report.evidence.resets, 1);
	rig_done(&r);
}
END_TEST

/* ---- wires that are joined ---- */

static struct {
	uint8_t data[256];
	size_t len;
} echo;

static bool joined_write(struct ef_port *port, const uint8_t *data, size_t len,
			 uint64_t deadline_us, struct ef_err *err)
{
	ck_assert_uint_le(len, sizeof(echo.data) - echo.len);
	memcpy(echo.data + echo.len, data, len);
	echo.len += len;
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool joined_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			size_t *ret_len, struct ef_err *err)
{
	if (!echo.len)
		return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
	ck_assert_uint_le(echo.len, cap);
	memcpy(buf, echo.data, echo.len);
	*ret_len = echo.len;
	echo.len = 0;
	return true;
}

/*
 * The host hears its own requests and the chip's answers, and the chip hears both, too. The answer
 * to the first SYNC with its echo shows that. No session is possible, and no reset helps.
 */
START_TEST(joined_wires_end_it_at_once)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD };
	struct ef_port_ops *ops;
	struct rig r;

	power(&r, &board);
	echo.len = 0;
	ops = tap_open(r.port);
	ops->write = joined_write;
	ops->read = joined_read;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_int_eq(report.verdict, EF_VERDICT_ECHO);
	ck_assert(report.evidence.reactions.is_joined);
	ck_assert_uint_eq(report.evidence.reactions.echoes, 1);
	ck_assert_uint_eq(sim_requests(r.sim, EF_OP_SYNC), 1);
	rig_done(&r);
}
END_TEST

/* ---- a chip that was met before ---- */

static bool dead_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	uint64_t now_us = ef_port_now_us(port);

	(void)buf;
	(void)cap;
	*ret_len = 0;
	return now_us >= deadline_us || tap_real->sleep_us(port, deadline_us - now_us, err);
}

/* What it said then is no evidence of what it does now. */
START_TEST(words_of_another_time)
{
	static const char words[] = "waiting for download\r\n";
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD };
	struct ef_port_ops *ops;
	struct ef_rx_log *rx;
	struct rig r;

	power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	rx = &r.f->record.rx;
	memcpy(rx->data, words, sizeof(words) - 1);
	rx->len = rx->total = sizeof(words) - 1;
	r.f->record.evidence.rx = *rx;
	ops = tap_open(r.port);
	ops->write = tap_lost_write;
	ops->read = dead_read;
	ck_assert(!ef_connect_loop(r.f, &r.err));
	tap_close(r.port);
	ck_assert_str_eq(ef_verdict_info(report.verdict)->name,
			 ef_verdict_info(EF_VERDICT_SILENT)->name);
	ck_assert_uint_eq(report.evidence.rx.len, 0);
	ck_assert_uint_eq(report.evidence.boots.downloads, 0);
	rig_done(&r);
}
END_TEST

/* ---- a port that is late ---- */

static const struct {
	uint64_t takes_us;
	enum ef_code code;
	bool has_verdict;
} servers[] = {
	/* when the user's time is over, the evidence says more than what was cut off */
	{ 1400000, EF_E_TIMEOUT, true },
	/* before that, and if the port fails, its own words count */
	{ 0, EF_E_TIMEOUT, false },
	{ 1400000, EF_E_IO, false },
};

static int server;

static bool late_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	if (tap_real->now_us(port) - begin_us < 1000000)
		return tap_real->set_lines(port, mask, value, err);
	if (servers[server].takes_us)
		ck_ok(tap_real->sleep_us(port, servers[server].takes_us, err), err);
	return ef_fail(err, servers[server].code, "the server does not answer");
}

START_TEST(late_port_gets_a_verdict)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = SIM_CIRCUIT_NO_RX,
					.is_paced = true };
	bool has_verdict = servers[_i].has_verdict;
	struct rig r;

	server = _i;
	power(&r, &board);
	tap_open(r.port)->set_lines = late_lines;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_int_eq(report.verdict, has_verdict ? EF_VERDICT_SILENT : EF_VERDICT_NONE);
	ck_assert_int_eq(r.err.hint.id == EF_HINT_VERDICT, has_verdict);
	ck_assert_msg(strstr(r.err.msg, has_verdict ? "cannot connect on" : "server"), "%s",
		      r.err.msg);
	rig_done(&r);
}
END_TEST

/* The time ends while the sequence holds BOOT for 5 s: that is not waited for. */
START_TEST(late_reset_gets_a_verdict)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = SIM_CIRCUIT_NO_RX,
					.is_paced = true };
	struct rig r;

	power(&r, &board);
	r.opts.timeout_ms = 100;
	r.opts.reset_delay.is_set = true;
	r.opts.reset_delay.ms = 5000;
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(report.verdict, EF_VERDICT_SILENT);
	ck_assert_int_eq(r.err.hint.id, EF_HINT_VERDICT);
	ck_assert_msg(strstr(r.err.msg, "cannot connect on") != NULL, "%s", r.err.msg);
	ck_assert_uint_lt(ef_port_now_us(r.port) - begin_us, 100000 + EF_LIMIT_SLACK_US + 1000);
	rig_done(&r);
}
END_TEST

/* ---- a port that comes and goes ---- */

static bool last_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	if (++reopened > 4)
		return ef_fail(err, EF_E_PORT, "'%s' did not come back", port->info.name);
	return tap_real->reopen(port, deadline_us, err);
}

START_TEST(port_that_went_once_too_often)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.trouble = SIM_TROUBLE_FLAP,
					.circuit = SIM_CIRCUIT_NO_RX,
					.is_paced = true };
	struct rig r;

	power(&r, &board);
	r.opts.timeout_ms = 10000;
	tap_open(r.port)->reopen = last_reopen;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_uint_eq(reopened, 5);
	ck_assert_int_eq(report.verdict, EF_VERDICT_PORT_FLAPS);
	ck_assert_int_eq(r.err.hint.id, EF_HINT_VERDICT);
	rig_done(&r);
}
END_TEST

Suite *suite_connect_ends(void);
Suite *suite_connect_ends(void)
{
	Suite *s = suite_create("connect_ends");
	TCase *t = tcase_create("connect_ends");

	tcase_add_test(t, writes_that_stall_are_counted);
	tcase_add_loop_test(t, late_port_gets_a_verdict, 0, 3);
	tcase_add_test(t, late_reset_gets_a_verdict);
	tcase_add_test(t, port_that_went_once_too_often);
	tcase_add_test(t, driver_that_fails_at_a_delimiter);
	tcase_add_test(t, joined_wires_end_it_at_once);
	tcase_add_test(t, words_of_another_time);
	suite_add_tcase(s, t);
	return s;
}
