/* SPDX-License-Identifier: MIT */
/* Ways into the loader that the user chose (--before), and a stub that was left running. */
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* ---- --before ---- */

START_TEST(no_reset_leaves_the_lines_alone)
{
	const struct sim_opts board = {
		.chip = "esp32c6", .circuit = SIM_CIRCUIT_AUTO, .chatty_app = true, .is_paced = true
	};
	struct rig r;
	unsigned before;

	rig_power(&r, &board);
	before = sim_resets(r.sim);
	r.opts.before = EF_BEFORE_NO_RESET;
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(r.err.code, EF_E_NOT_DOWNLOAD);
	ck_assert_uint_eq(sim_resets(r.sim), before);
	rig_says(&r, "warn: the chip is not reset, as demanded");
	rig_done(&r);
}
END_TEST

START_TEST(no_reset_no_sync_needs_a_chip)
{
	const struct sim_opts board = { .chip = "esp32c6" };
	struct rig r;

	rig_power(&r, &board);
	r.opts.before = EF_BEFORE_NO_RESET_NO_SYNC;
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(r.err.code, EF_E_USAGE);
	ck_assert_ptr_nonnull(strstr(ck_hint(&r.err), "--chip"));
	rig_done(&r);
}
END_TEST

START_TEST(no_reset_no_sync_sends_nothing)
{
	const struct sim_opts board = { .chip = "esp32c6", .stub_running = true };
	struct rig r;
	unsigned before;

	rig_power(&r, &board);
	before = sim_resets(r.sim);
	r.opts.before = EF_BEFORE_NO_RESET_NO_SYNC;
	r.opts.chip = ef_chip_by_name("esp32c6");
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(sim_requests(r.sim, 0), 0);
	ck_assert_uint_eq(sim_resets(r.sim), before);
	ck_assert(rig_device(&r)->is_stub);
	rig_done(&r);
}
END_TEST

/*
 * Like esptool, such a session opens at the final rate, since nothing asks the chip to change it.
 * A rate that the program chose, not the user, is no reason to leave the ROM's.
 */
START_TEST(no_reset_no_sync_opens_at_the_users_rate)
{
	static const struct {
		uint32_t wanted_hz;
		bool is_auto, no_stub;
		uint32_t opens_hz;
	} cases[] = {
		{ 460800, false, false, 460800 },
		{ 460800, true, false, 115200 },
		{ 0, false, false, 115200 },
		{ 0, false, true, 115200 },
	};
	const struct sim_opts board = { .chip = "esp32c6", .stub_running = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.before = EF_BEFORE_NO_RESET_NO_SYNC;
	r.opts.chip = ef_chip_by_name("esp32c6");
	r.opts.rate_hz = cases[_i].wanted_hz;
	r.opts.speed.is_auto = cases[_i].is_auto;
	r.opts.no_stub = cases[_i].no_stub;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(r.port->rate_hz, cases[_i].opens_hz);
	ck_assert_int_eq(rig_device(&r)->is_stub, !cases[_i].no_stub);
	ck_assert_int_eq(ef_flasher_auto_rate(r.f).is_stuck, cases[_i].is_auto);
	ck_assert_uint_eq(sim_requests(r.sim, 0), 0);
	rig_done(&r);
}
END_TEST

START_TEST(usb_reset_is_used_on_request)
{
	const struct sim_opts board = { .chip = "esp32c6", .circuit = SIM_CIRCUIT_USB_JTAG };
	struct rig r;

	rig_power(&r, &board);
	/* a port whose USB ids are unknown, as in a container */
	r.port->info.vid = r.port->info.pid = 0;
	r.opts.before = EF_BEFORE_USB_RESET;
	ck_ok(rig_connect(&r), &r.err);
	rig_done(&r);
}
END_TEST

/* Without USB ids, the flasher tries this sequence in turn. */
START_TEST(usb_jtag_without_ids_is_found)
{
	const struct sim_opts board = { .chip = "esp32c6",
					.circuit = SIM_CIRCUIT_USB_JTAG,
					.chatty_app = true };
	struct rig r;

	rig_power(&r, &board);
	r.port->info.vid = r.port->info.pid = 0;
	ck_ok(rig_connect(&r), &r.err);
	rig_done(&r);
}
END_TEST

/* ---- a stub that was left running ---- */

START_TEST(running_stub_is_reused)
{
	const struct sim_opts board = { .chip = rig_chips[_i], .stub_running = true };
	struct rig r;
	unsigned before;

	rig_power(&r, &board);
	before = sim_resets(r.sim);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(sim_resets(r.sim), before);
	ck_assert_uint_eq(sim_requests(r.sim, 0x05), 0);
	ck_assert(rig_device(&r)->is_stub);
	ck_assert_str_eq(rig_device(&r)->chip->name, rig_chips[_i]);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_says(&r, "info: Using flash stub");
	rig_done(&r);
}
END_TEST

START_TEST(running_stub_gives_way_to_the_rom)
{
	const struct sim_opts board = { .chip = rig_chips[_i], .stub_running = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(!rig_device(&r)->is_stub);
	ck_assert(!sim_is_stub(r.sim));
	rig_done(&r);
}
END_TEST

START_TEST(running_stub_stays_where_nothing_can_reset)
{
	const struct sim_opts board = { .chip = "esp32", .stub_running = true };
	struct rig r;

	rig_power(&r, &board);
	r.port->caps &= ~(unsigned)EF_PORT_HAS_LINES;
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	rig_says(&r, "warn: a stub is running and no reset is possible");
	rig_done(&r);
}
END_TEST

/* Some tools do not restore the rate and leave the stub at 921600. */
static void leave_fast_stub(struct rig *r)
{
	static const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct ef_flasher *first = NULL;

	rig_power(r, &board);
	r->opts.rate_hz = 921600;
	ck_ok(ef_flasher_connect(r->port, &r->opts, &first, &r->err), &r->err);
	ef_flasher_close(first);
	ck_ok(ef_port_set_baud(r->port, 115200, &r->err), &r->err);
	ck_assert(sim_is_stub(r->sim));
}

START_TEST(running_stub_at_another_rate_is_found_without_reset)
{
	struct rig r;
	unsigned before;

	if (!ef_stub_count())
		return;
	leave_fast_stub(&r);
	before = sim_resets(r.sim);
	r.opts.before = EF_BEFORE_NO_RESET;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	ck_assert_uint_eq(sim_resets(r.sim), before);
	ck_assert_uint_eq(r.port->rate_hz, 921600);
	rig_done(&r);
}
END_TEST

START_TEST(running_stub_at_another_rate_is_reset)
{
	struct rig r;

	if (!ef_stub_count())
		return;
	leave_fast_stub(&r);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	ck_assert_uint_ge(sim_requests(r.sim, 0x05), 4);
	rig_done(&r);
}
END_TEST
/* An inversion that the user asked for is not reported as found; here it is even wrong. */
START_TEST(inversion_that_was_asked_for_is_not_announced)
{
	const struct sim_opts board = { .chip = "esp32", .circuit = SIM_CIRCUIT_AUTO };
	struct ef_connect_report report;
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	ck_ok(ef_port_invert_lines(r.port, _i ? EF_DTR | EF_RTS : EF_DTR, &r.err), &r.err);
	ck_ok(rig_connect(&r), &r.err);
	rig_does_not_say(&r, "this board inverts");
	if (_i)
		rig_says(&r, "this board does not invert");
	rig_done(&r);
}
END_TEST

Suite *suite_connect_before(void);
Suite *suite_connect_before(void)
{
	Suite *s = suite_create("connect_before");
	TCase *t = tcase_create("before");

	tcase_add_test(t, no_reset_leaves_the_lines_alone);
	tcase_add_test(t, no_reset_no_sync_needs_a_chip);
	tcase_add_test(t, no_reset_no_sync_sends_nothing);
	tcase_add_loop_test(t, no_reset_no_sync_opens_at_the_users_rate, 0, 4);
	tcase_add_test(t, usb_reset_is_used_on_request);
	tcase_add_test(t, usb_jtag_without_ids_is_found);
	tcase_add_loop_test(t, inversion_that_was_asked_for_is_not_announced, 0, 2);
	tcase_add_loop_test(t, running_stub_is_reused, 0, RIG_CHIPS);
	tcase_add_loop_test(t, running_stub_gives_way_to_the_rom, 0, RIG_CHIPS);
	tcase_add_test(t, running_stub_stays_where_nothing_can_reset);
	tcase_add_test(t, running_stub_at_another_rate_is_found_without_reset);
	tcase_add_test(t, running_stub_at_another_rate_is_reset);
	suite_add_tcase(s, t);
	return s;
}
