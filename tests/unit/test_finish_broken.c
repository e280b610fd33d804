/* SPDX-License-Identifier: MIT */
/* The end of a session on ports that break: whichever operation fails, the session ends at once. */
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* ---- ports that break ---- */

/* The n-th operation of the port fails, and so do all later ones. */
static struct {
	unsigned left;
	enum ef_code code;
} breaking;

static bool is_broken(struct ef_err *err)
{
	if (breaking.left > 0) {
		breaking.left--;
		return false;
	}
	ef_fail(err, breaking.code, "the port broke");
	return true;
}

static bool break_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	return !is_broken(err) && tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

static bool break_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	return !is_broken(err) && tap_real->write(port, data, len, deadline_us, err);
}

static bool break_discard(struct ef_port *port, struct ef_err *err)
{
	return !is_broken(err) && tap_real->discard(port, err);
}

static bool break_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	return !is_broken(err) && tap_real->set_lines(port, mask, value, err);
}

static bool break_baud(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	return !is_broken(err) && tap_real->set_baud(port, rate_hz, err);
}

static bool break_sleep(struct ef_port *port, uint64_t us, struct ef_err *err)
{
	return !is_broken(err) && tap_real->sleep_us(port, us, err);
}

/* Returns true if the session ended before its n-th operation. */
static bool session_breaks_at(unsigned n, const struct sim_opts *board, enum ef_after after,
			      enum ef_code code)
{
	struct ef_port_ops *ops;
	struct rig r;
	bool ok;

	rig_power(&r, board);
	breaking.left = n;
	breaking.code = code;
	ops = tap_open(r.port);
	ops->read = break_read;
	ops->write = break_write;
	ops->discard = break_discard;
	ops->set_lines = break_lines;
	ops->set_baud = break_baud;
	ops->sleep_us = break_sleep;
	r.opts.rate_hz = 921600;
	ok = rig_connect(&r) && ef_flasher_finish(r.f, after, &r.err);
	/* a refused rate is only a warning; a dead port then fails at the next step */
	if (!ok)
		ck_assert_msg(r.err.code == code && strstr(r.err.msg, "the port broke"),
			      "operation %u: %s", n, r.err.msg);
	rig_done(&r);
	return ok;
}

START_TEST(broken_port_ends_the_session_at_once)
{
	static const struct {
		enum ef_after after;
		enum ef_code code;
		struct sim_opts board;
	} runs[] = {
		{ EF_AFTER_HARD_RESET, EF_E_INTR, { .chip = "esp32s3" } },
		{ EF_AFTER_HARD_RESET, EF_E_PORT, { .chip = "esp32" } },
		{ EF_AFTER_NO_RESET, EF_E_INTR, { .chip = "esp32c6" } },
		{ EF_AFTER_WATCHDOG_RESET, EF_E_INTR, { .chip = "esp32c3" } },
		{ EF_AFTER_HARD_RESET,
		  EF_E_INTR,
		  { .chip = "esp32c6", .circuit = SIM_CIRCUIT_NO_BOOT } },
	};
	bool is_through = false;
	unsigned n = 0;

	/* later on, a board that never connects ends with another error */
	while (!is_through && n < (runs[_i].board.circuit ? 60u : 2000u))
		is_through = session_breaks_at(n++, &runs[_i].board, runs[_i].after, runs[_i].code);
	ck_assert_uint_gt(n, 50);
	ck_assert(is_through || runs[_i].board.circuit);
}
END_TEST

Suite *suite_finish_broken(void);
Suite *suite_finish_broken(void)
{
	Suite *s = suite_create("finish_broken");
	TCase *t = tcase_create("broken port");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, broken_port_ends_the_session_at_once, 0, 5);
	suite_add_tcase(s, t);
	return s;
}
