/* SPDX-License-Identifier: MIT */
/*
 * A rate of the session's own choice: as fast as the line carries, and never a failure that
 * 115200 baud would not have had. On every chip, with ROM and stub, with bridges that garble
 * or refuse fast rates, and with a board that can't be reset.
 */
#include "rig/tap_port.h"
#include "work_rig.h"

static void propose(struct rig *r, uint32_t rate_hz, bool no_stub)
{
	r->opts.rate_hz = rate_hz;
	r->opts.speed.is_auto = true;
	r->opts.no_stub = no_stub;
}

/* Connects, checks where it ended, and that the chip still does what it is told there. */
static void check_ends_at(struct rig *r, uint32_t rate_hz, bool is_lowered)
{
	struct ef_auto_rate got;

	ck_ok(rig_connect(r), &r->err);
	got = ef_flasher_auto_rate(r->f);
	ck_assert_uint_eq(got.rate_hz, rate_hz);
	ck_assert_uint_eq(r->port->rate_hz, rate_hz);
	ck_assert_int_eq(got.is_lowered, is_lowered);
	ck_assert(!got.is_stuck);
	ck_assert_uint_eq(rig_device(r)->flash_size, 4u << 20);
	ck_ok(ef_rom_spi_set_params(ef_flasher_rom(r->f), 4u << 20, &r->err), &r->err);
}

START_TEST(good_line_gets_the_proposed_rate)
{
	const struct sim_opts board = { .chip = rig_chips[_i / 2], .is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	propose(&r, 921600, _i % 2);
	check_ends_at(&r, 921600, false);
	rig_does_not_say(&r, "warn:");
	ck_assert_uint_eq(sim_resets(r.sim), 1);
	rig_done(&r);
}
END_TEST

static const struct limit {
	uint32_t proposed_hz, limit_hz, ends_hz;
} limits[] = {
	{ 2000000, 1000000, 921600 }, { 2000000, 500000, 460800 }, { 921600, 460800, 460800 },
	{ 921600, 250000, 230400 },   { 460800, 115200, 115200 },  { 2000000, 115200, 115200 },
};
#define LIMITS ((int)(sizeof(limits) / sizeof(limits[0])))

/* The bridge turns everything above its limit into garbage, in both directions. */
START_TEST(bridge_that_garbles_ends_below_its_limit)
{
	const struct limit *l = &limits[_i % LIMITS];
	struct sim_opts board = { .chip = rig_chips[_i / LIMITS / 2], .is_paced = true };
	struct rig r;

	board.faults.max_rate_hz = l->limit_hz;
	rig_power(&r, &board);
	propose(&r, l->proposed_hz, _i / LIMITS % 2);
	check_ends_at(&r, l->ends_hz, true);
	rig_does_not_say(&r, "warn:");
	rig_done(&r);
}
END_TEST

/* ---- a rate that a SYNC passes, and the proof does not ---- */

static unsigned asked_at_bad_rate; /* CHANGE_BAUDRATE over a rate that is not proved */

static bool unproved_write(struct ef_port *port, const uint8_t *data, size_t len,
			   uint64_t deadline_us, struct ef_err *err)
{
	asked_at_bad_rate += port->rate_hz == 921600 &&
			     tap_is_request(data, len, EF_OP_CHANGE_BAUDRATE);
	return tap_real->write(port, data, len, deadline_us, err);
}

/* The value in the last of a SYNC's eight answers is wrong; a SYNC takes the first one. */
static bool unproved_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			  size_t *ret_len, struct ef_err *err)
{
	size_t last;

	if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	if (port->rate_hz != 921600 || *ret_len < 8 * 12 || buf[2] != EF_OP_SYNC)
		return true;
	for (last = *ret_len - 2; buf[last] != 0xc0;)
		last--;
	buf[last + 5] ^= 1;
	return true;
}

/* No request goes over a rate that the line does not carry: only a reset undoes it. */
START_TEST(rate_that_is_not_proved_is_lost)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	struct ef_port_ops *ops;
	struct rig r;

	asked_at_bad_rate = 0;
	rig_power(&r, &board);
	propose(&r, 921600, _i);
	ops = tap_open(r.port);
	ops->read = unproved_read;
	ops->write = unproved_write;
	check_ends_at(&r, 460800, true);
	tap_close(r.port);
	ck_assert_uint_eq(asked_at_bad_rate, 0);
	ck_assert_uint_eq(sim_resets(r.sim), 2);
	rig_done(&r);
}
END_TEST

START_TEST(bridge_that_refuses_costs_no_reset)
{
	const struct limit *l = &limits[_i % LIMITS];
	struct sim_opts board = { .chip = rig_chips[_i / LIMITS / 2], .is_paced = true };
	struct rig r;

	board.bridge.max_rate_hz = l->limit_hz;
	rig_power(&r, &board);
	propose(&r, l->proposed_hz, _i / LIMITS % 2);
	check_ends_at(&r, l->ends_hz, true);
	rig_does_not_say(&r, "warn:");
	ck_assert_uint_eq(sim_resets(r.sim), 1);
	rig_done(&r);
}
END_TEST

/* Only a reset can undo a rate that fails, and nothing has shown that this board can be reset. */
START_TEST(board_that_was_not_reset_stays_at_the_first_rate)
{
	static const enum sim_circuit circuits[] = { SIM_CIRCUIT_NONE_DOWNLOAD, SIM_CIRCUIT_AUTO };
	struct sim_opts board = { .chip = rig_chips[_i / 2],
				  .circuit = circuits[_i % 2],
				  .stub_running = _i % 2,
				  .is_paced = true };
	struct rig r;

	board.faults.max_rate_hz = 200000;
	rig_power(&r, &board);
	propose(&r, 921600, false);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(r.port->rate_hz, 115200);
	ck_assert(ef_flasher_auto_rate(r.f).is_stuck);
	ck_assert_uint_eq(sim_requests(r.sim, 0x0f), 0);
	rig_done(&r);
}
END_TEST

/* ... unless it is known from an earlier session. */
START_TEST(running_stub_of_a_known_board_is_raised)
{
	const struct sim_opts board = { .chip = "esp32c3", .stub_running = true, .is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	propose(&r, 921600, false);
	r.opts.speed.is_known = true;
	check_ends_at(&r, 921600, false);
	rig_done(&r);
}
END_TEST

START_TEST(ports_without_a_rate_are_left_alone)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = _i ? SIM_CIRCUIT_USB_JTAG : SIM_CIRCUIT_AUTO };
	struct rig r;

	rig_power(&r, &board);
	if (!_i)
		r.port->caps &= ~(unsigned)EF_PORT_HAS_BAUD;
	propose(&r, 921600, false);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(ef_flasher_auto_rate(r.f).rate_hz, 0);
	ck_assert_uint_eq(sim_requests(r.sim, 0x0f), 0);
	rig_done(&r);
}
END_TEST

/* A C2 in secure download mode can't change its rate. */
START_TEST(chip_that_keeps_its_rate_is_no_failure)
{
	const struct sim_opts board = { .chip = "esp32c2", .secure_download = true };
	struct rig r;

	rig_power(&r, &board);
	propose(&r, 921600, false);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(ef_flasher_auto_rate(r.f).rate_hz, 115200);
	rig_does_not_say(&r, "can't change its rate");
	rig_done(&r);
}
END_TEST

/* Any one answer of the connection is lost, damaged or late. */
START_TEST(one_fault_while_connecting)
{
	struct sim_opts board = { .chip = rig_chips[_i % RIG_CHIPS], .is_paced = true };
	unsigned at = 1 + (unsigned)(_i / RIG_CHIPS) / 2 * 2;
	struct rig r;

	if (_i / RIG_CHIPS % 2)
		board.faults.drop_reply = at;
	else
		board.faults.flip_reply = at;
	rig_power(&r, &board);
	propose(&r, 921600, false);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_done(&r);
}
END_TEST

#define APP_LEN 0x20000u

static void fill(uint8_t *data, size_t len)
{
	uint32_t x = 1;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		data[i] = (uint8_t)(x >> 24);
	}
}

/* The line passes the test, and damages bytes now and then. The first loss lowers the rate. */
START_TEST(loss_during_the_work_steps_down)
{
	static uint8_t data[APP_LEN];
	const struct ef_region region = { 0x10000, data, APP_LEN, "app" };
	const struct ef_write_opts opts = { 0 };
	struct sim_opts board = { .chip = rig_chips[_i / 3], .is_paced = true };
	const struct sim_faults faults = { .noise_every = 20000,
					   .noise_above_hz = 460800,
					   .noise_seed = (unsigned)_i };
	struct ef_auto_rate got;
	struct rig r;

	fill(data, sizeof(data));
	rig_power(&r, &board);
	propose(&r, 921600, false);
	ck_ok(rig_connect(&r), &r.err);
	sim_set_faults(r.sim, &faults);
	ck_ok(plain_write(r.f, &region, 1, &opts, NULL, &r.err), &r.err);
	ck_assert_mem_eq(sim_flash_mut(r.sim) + 0x10000, data, APP_LEN);
	got = ef_flasher_auto_rate(r.f);
	ck_assert_uint_eq(got.rate_hz, 460800);
	ck_assert_uint_eq(r.port->rate_hz, 460800);
	ck_assert(got.is_lowered);
	rig_done(&r);
}
END_TEST

/* A board that restarts says nothing about its line: the rate stays. */
START_TEST(reset_during_the_work_keeps_the_rate)
{
	static uint8_t data[APP_LEN];
	const struct ef_region region = { 0x10000, data, APP_LEN, "app" };
	const struct ef_write_opts opts = { 0 };
	const struct sim_opts board = { .chip = rig_chips[_i], .is_paced = true };
	struct sim_faults faults = { 0 };
	struct rig r;

	fill(data, sizeof(data));
	rig_power(&r, &board);
	propose(&r, 921600, false);
	ck_ok(rig_connect(&r), &r.err);
	faults.reset_at_request = sim_requests(r.sim, 0) + 5;
	sim_set_faults(r.sim, &faults);
	ck_ok(plain_write(r.f, &region, 1, &opts, NULL, &r.err), &r.err);
	ck_assert_mem_eq(sim_flash_mut(r.sim) + 0x10000, data, APP_LEN);
	ck_assert_uint_eq(ef_flasher_auto_rate(r.f).rate_hz, 921600);
	rig_done(&r);
}
END_TEST

/* ---- the table ---- */

START_TEST(bridges_and_their_rates)
{
	static const struct {
		uint16_t vid, pid;
		const char *product;
		uint32_t rate_hz;
		const char *name;
	} cases[] = {
		{ 0x10c4, 0xea60, "CP2102 USB to UART Bridge Controller", 921600, "CP210x" },
		{ 0x10c4, 0xea60, "CP2102N USB to UART Bridge Controller", 1500000, "CP2102N" },
		{ 0x10c4, 0xea60, "CP2104 USB to UART Bridge Controller", 1500000, "CP2104" },
		{ 0x10c4, 0xea60, "", 921600, "CP210x" },
		{ 0x1a86, 0x7523, "USB Serial", 921600, "CH340" },
		{ 0x1a86, 0x55d4, "USB Single Serial", 1500000, "CH9102" },
		{ 0x1a86, 0x55d3, "USB Single Serial", 2000000, "CH343" },
		{ 0x0403, 0x6001, "FT232R USB UART", 1500000, "FT232R" },
		{ 0x0403, 0x6010, "Dual RS232-HS", 2000000, "FT2232" },
		{ 0x067b, 0x2303, "USB-Serial Controller", 460800, "PL2303" },
		{ 0x1234, 0x5678, "CP2102N", 460800, NULL },
		{ 0, 0, "", 460800, NULL },
	};
	struct ef_port_info info = { .vid = cases[_i].vid, .pid = cases[_i].pid };
	const char *name;

	(void)snprintf(info.product, sizeof(info.product), "%s", cases[_i].product);
	ck_assert_uint_eq(ef_port_best_rate(&info, &name), cases[_i].rate_hz);
	if (cases[_i].name)
		ck_assert_ptr_nonnull(strstr(name, cases[_i].name));
	else
		ck_assert_ptr_null(name);
}
END_TEST

Suite *suite_auto_rate(void);
Suite *suite_auto_rate(void)
{
	Suite *s = suite_create("auto_rate");
	TCase *t = tcase_create("connecting");

	tcase_add_loop_test(t, good_line_gets_the_proposed_rate, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, bridge_that_garbles_ends_below_its_limit, 0, 2 * LIMITS * RIG_CHIPS);
	tcase_add_loop_test(t, rate_that_is_not_proved_is_lost, 0, 2);
	tcase_add_loop_test(t, bridge_that_refuses_costs_no_reset, 0, 2 * LIMITS * RIG_CHIPS);
	tcase_add_loop_test(t, board_that_was_not_reset_stays_at_the_first_rate, 0, 2 * RIG_CHIPS);
	tcase_add_test(t, running_stub_of_a_known_board_is_raised);
	tcase_add_loop_test(t, ports_without_a_rate_are_left_alone, 0, 2);
	tcase_add_test(t, chip_that_keeps_its_rate_is_no_failure);
	tcase_add_loop_test(t, one_fault_while_connecting, 0, 2 * 15 * RIG_CHIPS);
	suite_add_tcase(s, t);
	t = tcase_create("work");
	tcase_add_loop_test(t, loss_during_the_work_steps_down, 0, 3 * RIG_CHIPS);
	tcase_add_loop_test(t, reset_during_the_work_keeps_the_rate, 0, RIG_CHIPS);
	suite_add_tcase(s, t);
	t = tcase_create("table");
	tcase_add_loop_test(t, bridges_and_their_rates, 0, 12);
	suite_add_tcase(s, t);
	return s;
}
