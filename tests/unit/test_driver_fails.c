/* SPDX-License-Identifier: MIT */
/*
 * A driver that fails at each operation of a connection, one after the other, on boards whose
 * identification takes unusual ways. That error ends the session: nothing is asked any more.
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

static struct {
	unsigned calls, fails_at, after;
} driver;

static bool fails(struct ef_err *err)
{
	driver.after += driver.fails_at && driver.calls >= driver.fails_at;
	if (++driver.calls != driver.fails_at)
		return false;
	ef_fail(err, EF_E_IO, "the driver fails");
	return true;
}

static bool bad_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		      struct ef_err *err)
{
	return !fails(err) && tap_real->write(port, data, len, deadline_us, err);
}

static bool bad_discard(struct ef_port *port, struct ef_err *err)
{
	return !fails(err) && tap_real->discard(port, err);
}

static bool bad_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	return !fails(err) && tap_real->sleep_us(port, us, err);
}

static bool bad_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		     size_t *ret_len, struct ef_err *err)
{
	return !fails(err) && tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

static const struct {
	struct sim_opts board;
	uint32_t rate_hz;
	bool is_auto, reads; /* reads fail, too */
} sessions[] = {
	{ .board = { .chip = "esp32", .faults.lies.refuse_from = 2 } },
	{ .board = { .chip = "esp32c3", .faults.lies.refuse_from = 2 } },
	{ .board = { .chip = "esp32c3", .faults.lies.values_from = 3 } },
	{ .board = { .chip = "esp32s2", .secure_download = true }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32s2" }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32c2", .xtal_mhz = 26 }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32" }, .rate_hz = 921600, .is_auto = true },
	{ .board = { .chip = "esp32c5" }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32p4" }, .rate_hz = 460800 },
	{ .board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_USB_JTAG } },
	{ .board = { .chip = "esp32c3", .stub_running = true } },
	{ .board = { .chip = "esp32c3", .secure_boot = true } },
	{ .board = { .chip = "esp32c3", .faults = { .delay_reply = 9, .delay_ms = 500 } },
	  .reads = true },
	{ .board = { .chip = "esp32c3", .faults = { .delay_reply = 9, .delay_ms = 900 } },
	  .reads = true },
	{ .board = { .chip = "esp32", .faults = { .delay_reply = 8, .delay_ms = 900 } },
	  .reads = true },
	{ .board = { .chip = "esp32c3" }, .reads = true },
};

/* fails_at 0: nothing fails */
static bool connect_with(struct rig *r, int i, unsigned fails_at)
{
	struct ef_port_ops *ops;
	bool ok;

	rig_power(r, &sessions[i].board);
	r->opts.rate_hz = sessions[i].rate_hz;
	r->opts.speed.is_auto = sessions[i].is_auto;
	r->opts.no_stub = !sessions[i].board.stub_running;
	r->opts.attempts = 1;
	memset(&driver, 0, sizeof(driver));
	driver.fails_at = fails_at;
	ops = tap_open(r->port);
	ops->write = bad_write;
	ops->discard = bad_discard;
	ops->sleep_us = bad_sleep;
	if (sessions[i].reads)
		ops->read = bad_read;
	ok = rig_connect(r);
	tap_close(r->port);
	return ok;
}

START_TEST(error_ends_the_session)
{
	struct rig r;
	unsigned calls;

	(void)connect_with(&r, _i, 0);
	calls = driver.calls;
	rig_done(&r);
	for (unsigned n = 1; n <= calls && n <= 400; n++) {
		ck_assert_msg(!connect_with(&r, _i, n), "operation %u of %u has no effect", n,
			      calls);
		ck_assert_msg(r.err.code == EF_E_IO, "operation %u of %u: %s", n, calls, r.err.msg);
		ck_assert_msg(!driver.after, "operation %u of %u: %u after it", n, calls,
			      driver.after);
		rig_done(&r);
	}
}
END_TEST

Suite *suite_driver_fails(void);
Suite *suite_driver_fails(void)
{
	Suite *s = suite_create("driver_fails");
	TCase *t = tcase_create("driver_fails");

	tcase_add_loop_test(t, error_ends_the_session, 0,
			    (int)(sizeof(sessions) / sizeof(sessions[0])));
	suite_add_tcase(s, t);
	return s;
}
