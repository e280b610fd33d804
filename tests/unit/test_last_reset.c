/* SPDX-License-Identifier: MIT */
/*
 * The last reset of a session that did its work: a chip that stays in its loader must not pass
 * for one that was reset, and what can still reset it is tried.
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* ---- lines that change while the session runs ---- */

#define LONG_PULSE_US 50000u

static uint64_t fell_us;

/* EN falls only if the pulse is long. */
static bool weak_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	if (!(mask & EF_RTS))
		return tap_real->set_lines(port, mask, value, err);
	if (value & EF_RTS) {
		fell_us = ef_port_now_us(port);
		return tap_real->set_lines(port, mask & ~(unsigned)EF_RTS, value, err);
	}
	if (ef_port_now_us(port) - fell_us < LONG_PULSE_US)
		return true;
	return tap_real->set_lines(port, mask, value | EF_RTS, err) &&
	       tap_real->sleep_us(port, 1000, err) && tap_real->set_lines(port, mask, value, err);
}

/* ---- an answer that comes late ---- */

static const unsigned lates_ms[] = { 0, 20, 60, 90, 150, 250, 350 };
#define LATES ((int)(sizeof(lates_ms) / sizeof(lates_ms[0])))

/* The C2's usual crystal makes its text unreadable, so nothing shows that a reset ever worked. */
static bool is_unreadable(const char *chip)
{
	return strcmp(chip, "esp32c2") == 0;
}

static void connect_late(struct rig *r, const char *chip, unsigned late_ms, bool is_listened_to)
{
	const struct sim_opts board = {
		.chip = chip,
		.is_paced = true,
		.chatty_app = true,
		.faults = { .lies = { .late_from = late_ms ? 1 : 0 }, .delay_ms = late_ms },
	};

	rig_power(r, &board);
	ck_assert_msg(rig_connect(r), "%s, %u ms: %s", chip, late_ms, r->err.msg);
	if (is_listened_to)
		ef_flasher_will_listen(r->f);
}

/* DTR and RTS worked at first. However late the loader's answers are, it is noticed. */
START_TEST(dead_lines_are_noticed)
{
	unsigned late_ms = lates_ms[_i % LATES];
	const struct ef_listen_opts listen = { .limit_ms = 200 };
	bool is_listened_to = _i / LATES;
	struct ef_start start;
	struct rig r;

	for (unsigned i = 0; i < RIG_CHIPS; i++) {
		connect_late(&r, rig_chips[i], late_ms, is_listened_to);
		tap_open(r.port)->set_lines = tap_lost_lines;
		if (is_listened_to) {
			ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
			ck_ok(ef_flasher_listen(r.f, &listen, &start, &r.err), &r.err);
			ck_assert_msg(start.state == EF_START_DOWNLOAD, "%s, %u ms: %d",
				      rig_chips[i], late_ms, (int)start.state);
		} else if (is_unreadable(rig_chips[i])) {
			ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
			rig_says(&r, "warn: the reset had no effect");
		} else {
			ck_assert_msg(!ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err),
				      "%s, %u ms", rig_chips[i], late_ms);
			ck_assert_int_eq(r.err.hint.id, EF_HINT_RESET_IN_VAIN);
			ck_fails(false, &r.err, EF_E_WIRING, "its loader still answers");
		}
		ck_assert(sim_is_download(r.sim));
		tap_close(r.port);
		rig_done(&r);
	}
}
END_TEST

static unsigned pulses;

static bool count_pulses(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	(void)port, (void)err;
	pulses += (mask & value & EF_RTS) != 0;
	return true;
}

static bool read_until_unplugged(struct ef_port *port, uint8_t *buf, size_t size,
				 uint64_t deadline_us, size_t *ret, struct ef_err *err)
{
	return pulses < 2 ? tap_real->read(port, buf, size, deadline_us, ret, err)
			  : ef_fail(err, EF_E_PORT, "gone");
}

static bool write_until_unplugged(struct ef_port *port, const uint8_t *data, size_t len,
				  uint64_t deadline_us, struct ef_err *err)
{
	return pulses < 2 ? tap_real->write(port, data, len, deadline_us, err)
			  : ef_fail(err, EF_E_PORT, "gone");
}

static bool stays_away(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	(void)port, (void)deadline_us;
	return ef_fail(err, EF_E_PORT, "gone");
}

/* The first reset is in vain, and the user pulls the cable at the second: that is no error. */
START_TEST(port_that_leaves_ends_the_listening)
{
	const struct ef_listen_opts listen = { .limit_ms = 200 };
	struct ef_port_ops *ops;
	struct ef_start start;
	struct rig r;

	connect_late(&r, "esp32c3", 0, true);
	pulses = 0;
	ops = tap_open(r.port);
	ops->set_lines = count_pulses;
	ops->read = read_until_unplugged;
	ops->write = write_until_unplugged;
	ops->reopen = stays_away;
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_ok(ef_flasher_listen(r.f, &listen, &start, &r.err), &r.err);
	ck_assert_uint_eq(pulses, 2);
	ck_assert_int_eq(start.state, EF_START_SILENT);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/* ---- a short pulse that works no longer ---- */

START_TEST(long_pulse_follows_a_short_one_in_vain)
{
	bool is_c2 = is_unreadable(rig_chips[_i / 2]);
	const struct sim_opts board = { .chip = rig_chips[_i / 2],
					.is_paced = true,
					.chatty_app = true,
					.xtal_mhz = is_c2 ? 40 : 0 };
	const struct ef_listen_opts listen = { .limit_ms = 1000 };
	struct ef_start start;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	tap_open(r.port)->set_lines = weak_lines;
	if (_i % 2)
		ef_flasher_will_listen(r.f);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	if (_i % 2) {
		ck_ok(ef_flasher_listen(r.f, &listen, &start, &r.err), &r.err);
		ck_assert_int_eq(start.state, EF_START_RUNNING);
	}
	ck_ok(ef_port_sleep_us(r.port, 300000, &r.err), &r.err);
	ck_assert(sim_is_running(r.sim));
	ck_assert_uint_eq(r.port->inverted, 0);
	ck_assert_ptr_null(strstr(r.said, "warn"));
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/* ---- a board without wires ---- */

/*
 * Somebody presses BOOT and RESET while the session resets a chip in vain. The work is done then,
 * and RESET has to be pressed again, as before: nothing has failed.
 */
START_TEST(hands_that_helped_must_help_again)
{
	const struct sim_opts board = { .chip = rig_chips[_i % RIG_CHIPS],
					.circuit = SIM_CIRCUIT_NONE,
					.is_paced = true,
					.chatty_app = true };
	struct ef_connect_report report;
	uint64_t press_us;
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	press_us = sim_now_us(r.sim) + 1500000u + 1000000u * (unsigned)(_i / RIG_CHIPS);
	sim_press_buttons_at(r.sim, press_us);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_ge(report.evidence.resets, 2);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	rig_says(&r, "warn: the reset had no effect");
	rig_says(&r, "press RESET to start the application");
	ck_assert(sim_is_download(r.sim));
	rig_done(&r);
}
END_TEST

static const unsigned first_ms[] = { 150, 200, 250, 400, 520, 700, 1200 };
#define FIRSTS ((int)(sizeof(first_ms) / sizeof(first_ms[0])))

/*
 * Or the chip was in download mode from the start, and its first answer came too late. It answered
 * after a reset then, but not because of it.
 */
START_TEST(late_loader_was_not_reset)
{
	const struct sim_opts board = {
		.chip = rig_chips[_i % RIG_CHIPS],
		.circuit = SIM_CIRCUIT_NONE_DOWNLOAD,
		.is_paced = true,
		.faults = { .lies = { .late_from = 1 }, .delay_ms = first_ms[_i / RIG_CHIPS] },
	};
	struct ef_connect_report report;
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	if (rig_connect(&r)) {
		ck_assert_uint_ge(report.evidence.resets, 1);
		ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
		rig_says(&r, "warn: the reset had no effect");
	} else {
		ck_assert_uint_ge(board.faults.delay_ms, 400);
	}
	ck_assert_ptr_null(strstr(r.said, "inverts"));
	ck_assert(sim_is_download(r.sim));
	ck_assert_uint_eq(r.port->inverted, 0);
	rig_done(&r);
}
END_TEST

/* ---- answers that become late towards the end ---- */

static const unsigned delays_ms[] = { 45, 55, 60, 70, 85, 98, 110, 150, 250, 400 };
#define DELAYS ((int)(sizeof(delays_ms) / sizeof(delays_ms[0])))

/* Ends a session whose answers are late from the nth of the requests to come. */
static void finish_late(struct rig *r, unsigned nth, unsigned delay_ms, bool is_listened_to)
{
	const struct sim_faults faults = { .lies = { .late_from = sim_requests(r->sim, 0) + nth },
					   .delay_ms = delay_ms };
	const struct ef_listen_opts listen = { .limit_ms = 200 };
	struct ef_start start;

	sim_set_faults(r->sim, &faults);
	if (is_listened_to)
		ef_flasher_will_listen(r->f);
	ck_ok(ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err), &r->err);
	if (is_listened_to) {
		ck_ok(ef_flasher_listen(r->f, &listen, &start, &r->err), &r->err);
		ck_assert_int_ne(start.state, EF_START_RUNNING);
	}
}

/*
 * No line reaches the chip, which is in download mode. Its late answers may not be noticed, but
 * silence must not pass for a reset by lines of the other polarity.
 */
START_TEST(late_silence_is_not_the_other_polarity)
{
	const struct sim_opts board = { .chip = rig_chips[_i % RIG_CHIPS],
					.circuit = SIM_CIRCUIT_NONE_DOWNLOAD,
					.is_paced = true };
	unsigned delay_ms = delays_ms[_i / RIG_CHIPS];
	struct rig r;

	for (unsigned i = 0; i < 12; i++) {
		rig_power(&r, &board);
		ck_ok(rig_connect(&r), &r.err);
		finish_late(&r, 1 + i / 2, delay_ms, i % 2);
		ck_assert(sim_is_download(r.sim));
		ck_assert_msg(r.port->inverted == 0 && !strstr(r.said, "inverts"),
			      "%s, late by %u ms from request %u, %u: %s", board.chip, delay_ms,
			      1 + i / 2, i % 2, r.said);
		rig_done(&r);
	}
}
END_TEST

/*
 * Lines that worked died, and the loader answers only the first SYNC at once. Silence after the
 * longer pulse must not pass for a reset, either.
 */
START_TEST(late_silence_is_not_a_longer_pulse)
{
	const char *chip = rig_chips[_i % RIG_CHIPS];
	struct sim_faults faults = { .delay_ms = delays_ms[_i / RIG_CHIPS] };
	struct rig r;

	if (is_unreadable(chip))
		return;
	connect_late(&r, chip, 0, false);
	/* the S3 gets a WRITE_REG first (esptool: FORCE_DOWNLOAD_BOOT) */
	faults.lies.late_from = sim_requests(r.sim, 0) + (strcmp(chip, "esp32s3") == 0 ? 3 : 2);
	sim_set_faults(r.sim, &faults);
	tap_open(r.port)->set_lines = tap_lost_lines;
	ck_assert_msg(!ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), "%s, %u ms: %s", chip,
		      faults.delay_ms, r.said);
	ck_assert_int_eq(r.err.hint.id, EF_HINT_RESET_IN_VAIN);
	ck_assert_uint_eq(r.port->inverted, 0);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/* A bridge that holds back all bytes for so long, whether or not the chip was reset meanwhile. */
static uint64_t hold_us;
static struct held {
	uint64_t from_us;
	uint8_t byte;
} held[8192];
static size_t held_from, held_to;

static bool take_held(struct ef_port *port, uint8_t *buf, size_t size, size_t *ret)
{
	uint64_t now_us = ef_port_now_us(port);

	for (*ret = 0; *ret < size && held_from < held_to; held_from++, ++*ret) {
		if (now_us < held[held_from].from_us + hold_us)
			break;
		buf[*ret] = held[held_from].byte;
	}
	return *ret > 0;
}

static bool late_read(struct ef_port *port, uint8_t *buf, size_t size, uint64_t deadline_us,
		      size_t *ret, struct ef_err *err)
{
	uint8_t data[256];
	size_t got;

	while (!take_held(port, buf, size, ret)) {
		if (ef_port_now_us(port) >= deadline_us)
			return true;
		if (!tap_real->read(port, data, sizeof(data), ef_port_now_us(port) + 1000, &got,
				    err))
			return false;
		for (size_t i = 0; i < got && held_to < sizeof(held) / sizeof(held[0]); i++)
			held[held_to++] = (struct held){ ef_port_now_us(port), data[i] };
	}
	return true;
}

/*
 * The other way round: the lines are inverted, and answers that a bridge hands over after the chip
 * was reset are no loader that answers.
 */
START_TEST(answers_under_way_are_no_loader)
{
	const struct sim_opts board = { .chip = rig_chips[_i % RIG_CHIPS],
					.circuit = SIM_CIRCUIT_INVERTED,
					.is_paced = true,
					.stub_running = true };
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	hold_us = 60000u + 10000u * (unsigned)(_i / RIG_CHIPS);
	held_from = held_to = 0;
	tap_open(r.port)->read = late_read;
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	tap_close(r.port);
	ck_assert_msg(!sim_is_download(r.sim), "%s: %s", board.chip, r.said);
	rig_says(&r, "inverts");
	ck_assert_ptr_null(strstr(r.said, "no effect"));
	rig_done(&r);
}
END_TEST

Suite *suite_last_reset(void);
Suite *suite_last_reset(void)
{
	Suite *s = suite_create("last_reset");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, dead_lines_are_noticed, 0, 2 * LATES);
	tcase_add_test(t, port_that_leaves_ends_the_listening);
	tcase_add_loop_test(t, long_pulse_follows_a_short_one_in_vain, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, hands_that_helped_must_help_again, 0, 3 * RIG_CHIPS);
	tcase_add_loop_test(t, late_loader_was_not_reset, 0, FIRSTS * RIG_CHIPS);
	tcase_add_loop_test(t, late_silence_is_not_the_other_polarity, 0, DELAYS * RIG_CHIPS);
	tcase_add_loop_test(t, late_silence_is_not_a_longer_pulse, 0, DELAYS * RIG_CHIPS);
	tcase_add_loop_test(t, answers_under_way_are_no_loader, 0, 3 * RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
