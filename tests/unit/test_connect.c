/* SPDX-License-Identifier: MIT */
/*
 * The connect loop against boards of every wiring, in virtual time: which of
 * them connect, after how many resets, and which errors the others end in.
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* ---- circuits that connect ---- */

struct good {
	enum sim_circuit circuit;
	bool chatty;
	unsigned max_resets; /* EN edges after power-on; UINT_MAX: any number */
};

static const struct good good[] = {
	{ SIM_CIRCUIT_AUTO, false, 1 },          { SIM_CIRCUIT_AUTO, true, 1 },
	{ SIM_CIRCUIT_FAST_EN, false, 1 },       { SIM_CIRCUIT_FAST_EN, true, 1 },
	{ SIM_CIRCUIT_SLOW_EN, false, 2 },       { SIM_CIRCUIT_SLOW_EN, true, 2 },
	{ SIM_CIRCUIT_NONE_DOWNLOAD, false, 0 },
};

START_TEST(board_connects)
{
	const struct good *g = &good[_i];
	const struct sim_opts board = {
		.chip = "esp32c3", .circuit = g->circuit, .chatty_app = g->chatty, .is_paced = true
	};
	struct rig r;
	unsigned before;

	rig_power(&r, &board);
	before = sim_resets(r.sim);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(sim_is_download(r.sim));
	ck_assert_uint_le(sim_resets(r.sim) - before, g->max_resets);
	ck_assert_str_eq(rig_device(&r)->chip->name, "esp32c3");
	rig_does_not_say(&r, "no reset possible");
	rig_done(&r);
}
END_TEST

START_TEST(usb_jtag_board_connects)
{
	static const char *const chips[] = { "esp32c3", "esp32c5", "esp32c6", "esp32c61",
					     "esp32h2", "esp32p4", "esp32s3", "esp32s31" };
	const struct sim_opts board = { .chip = chips[_i], .circuit = SIM_CIRCUIT_USB_JTAG };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_usb_jtag);
	ck_assert(!rig_device(&r)->is_usb_otg);
	/* USB has no rate, so the flasher sends no command for it */
	ck_assert_uint_eq(sim_requests(r.sim, 0x0f), 0);
	rig_done(&r);
}
END_TEST

START_TEST(every_chip_is_detected)
{
	const struct sim_opts board = { .chip = rig_chips[_i] };
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(rig_device(&r)->chip->name, rig_chips[_i]);
	ck_assert(rig_device(&r)->has_revision);
	ck_assert(rig_device(&r)->has_mac);
	ck_assert(rig_device(&r)->has_features);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	ck_assert_msg(rig_device(&r)->is_stub == (ef_stub_count() > 0), "%s", r.said);
	ck_assert_int_eq(sim_is_stub(r.sim), ef_stub_count() > 0);
	if (ef_stub_count())
		rig_says(&r, "info: Using flash stub\n");
	else
		rig_says(&r, "using the ROM loader");
	rig_done(&r);
}
END_TEST

START_TEST(every_chip_works_with_its_rom_alone)
{
	const struct sim_opts board = { .chip = rig_chips[_i] };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(rig_device(&r)->chip->name, rig_chips[_i]);
	ck_assert(!rig_device(&r)->is_stub);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	ck_assert_uint_eq(sim_requests(r.sim, 0x05), 0);
	ck_assert_str_eq(r.said, "");
	rig_done(&r);
}
END_TEST

START_TEST(expected_chip_is_accepted)
{
	const struct sim_opts board = { .chip = rig_chips[_i] };
	struct rig r;

	rig_power(&r, &board);
	r.opts.chip = ef_chip_by_name(rig_chips[_i]);
	r.opts.no_stub = r.opts.skip_flash = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(sim_requests(r.sim, 0x0d), 0); /* SPI_ATTACH */
	ck_assert_uint_eq(rig_device(&r)->flash_size, 0);
	rig_done(&r);
}
END_TEST

START_TEST(other_chip_is_a_usage_error_that_names_both)
{
	const struct sim_opts board = { .chip = rig_chips[_i] };
	const struct ef_chip *other = ef_chip_by_name(rig_chips[(_i + 1) % RIG_CHIPS]);
	struct rig r;

	rig_power(&r, &board);
	r.opts.chip = other;
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(r.err.code, EF_E_USAGE);
	ck_assert_ptr_nonnull(strstr(r.err.msg, other->label));
	ck_assert_ptr_nonnull(strstr(r.err.msg, ef_chip_by_name(rig_chips[_i])->label));
	ck_assert_ptr_nonnull(strstr(ck_hint(&r.err), rig_chips[_i]));
	rig_done(&r);
}
END_TEST

/* ---- circuits that don't ---- */

struct bad {
	enum sim_circuit circuit;
	bool chatty;
	const char *words;
	const char
		*asked; /* fewer SYNCs are sent while no byte has come: see test_connect_times.c */
};

static const struct bad bad[] = {
	{ SIM_CIRCUIT_NO_RX, false, "no byte came back", "7 resets, 33 SYNCs" },
	{ SIM_CIRCUIT_NO_RX, true, "no byte came back", "7 resets, 33 SYNCs" },
	{ SIM_CIRCUIT_NO_TX, false, "waits for download but does not hear us",
	  "7 resets, 141 SYNCs" },
	{ SIM_CIRCUIT_NO_TX, true, "waits for download but does not hear us",
	  "7 resets, 141 SYNCs" },
	{ SIM_CIRCUIT_NO_BOOT, false, "boots from flash", "7 resets, 125 SYNCs" },
	{ SIM_CIRCUIT_NO_BOOT, true, "boots from flash", "7 resets, 125 SYNCs" },
	{ SIM_CIRCUIT_ECHO, false, "our own bytes come back", "7 resets, 141 SYNCs" },
	{ SIM_CIRCUIT_NONE, true, "an application keeps running", "7 resets, 141 SYNCs" },
};
#define BAD ((int)(sizeof(bad) / sizeof(bad[0])))

/* An old and a new chip, since their logs differ. */
START_TEST(board_that_does_not_connect_is_diagnosed)
{
	const struct bad *b = &bad[_i % BAD];
	const struct sim_opts board = { .chip = _i < BAD ? "esp32" : "esp32c6",
					.circuit = b->circuit,
					.chatty_app = b->chatty,
					.is_paced = true };
	struct rig r;
	uint64_t start;

	rig_power(&r, &board);
	start = sim_now_us(r.sim);
	ck_assert(!rig_connect(&r));
	ck_assert_msg(strstr(r.err.msg, b->words) != NULL, "%s", r.err.msg);
	ck_assert_msg(strstr(r.err.msg, b->asked) != NULL, "%s", r.err.msg);
	ck_assert_msg(strstr(ck_hint(&r.err), "espflash-c board-info --port sim:") != NULL, "%s",
		      ck_hint(&r.err));
	/*
	 * 36 SYNCs of 100 ms, 4 short resets of 160 ms, 2 of 610 ms and one of 1.1 s: 6.6 s;
	 * 10 of the SYNCs wait another 200 ms for a silent chip
	 */
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 9500000);
	rig_done(&r);
}
END_TEST

/*
 * A stub's framing (esp-flasher-stub slip.c): each delimiter alternately starts
 * and ends a frame, and a frame may be empty. This passes on whole frames only.
 */
static struct {
	bool is_in_frame;
	uint8_t frame[256];
	size_t len;
} step;

static bool step_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
		       struct ef_err *err)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] != 0xc0) {
			if (step.is_in_frame && step.len < sizeof(step.frame) - 1)
				step.frame[step.len++] = data[i];
			continue;
		}
		if (step.is_in_frame && step.len > 1) {
			step.frame[step.len++] = 0xc0;
			if (!tap_real->write(port, step.frame, step.len, deadline_us, err))
				return false;
		}
		step.is_in_frame = !step.is_in_frame;
		step.frame[0] = 0xc0;
		step.len = 1;
	}
	return true;
}

/* A session that was killed within a frame leaves the stub out of step. */
START_TEST(stub_out_of_step_is_found)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = SIM_CIRCUIT_NONE_DOWNLOAD,
					.stub_running = true,
					.is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	step.is_in_frame = true;
	step.frame[0] = 0xc0;
	step.len = _i ? 20 : 1; /* between two frames from its point of view, or within one */
	tap_open(r.port)->write = step_write;
	ck_ok(rig_connect(&r), &r.err);
	rig_says(&r, "info: Using flash stub that was running already");
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/* No reset is possible, and the stub is still at the rate of the last session. */
START_TEST(stub_at_the_rate_of_an_earlier_session_is_found)
{
	const struct sim_opts board = { .chip = "esp32c3",
					.circuit = SIM_CIRCUIT_NONE_DOWNLOAD,
					.is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	ck_ok(rig_connect(&r), &r.err);
	ef_flasher_close(r.f);
	r.f = NULL;
	ck_ok(rig_connect(&r), &r.err);
	rig_says(&r, "info: Using flash stub that was running already");
	ck_assert_uint_eq(r.port->rate_hz, 921600);
	rig_done(&r);
}
END_TEST

/* The start takes longer than a reset and its SYNCs: a weak supply, a slow emulator. */
static bool deaf_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err);
static bool deaf_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err);
static uint64_t deaf_until_us;

static bool deaf_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	do {
		bool is_deaf = tap_real->now_us(port) < deaf_until_us;

		if (!tap_real->read(port, buf, cap, deadline_us, ret_len, err))
			return false;
		if (!is_deaf)
			return true;
		*ret_len = 0;
	} while (tap_real->now_us(port) < deadline_us);
	return true;
}

static bool deaf_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	deaf_until_us = tap_real->now_us(port) + 1100000;
	return tap_real->set_lines(port, mask, value, err);
}

START_TEST(board_that_starts_slowly_connects)
{
	const struct sim_opts board = { .chip = "esp32", .is_paced = true };
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	ops = tap_open(r.port);
	ops->read = deaf_read;
	ops->set_lines = deaf_lines;
	deaf_until_us = UINT64_MAX;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/*
 * A chip that starts more slowly than we wait, as the ESP32's mask ROM did under a slow emulator:
 * its text comes when our next reset begins, and our program drops it then.
 */
static const char *late_text;
static bool is_text_due, is_text_out;

static bool late_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	size_t len = strlen(late_text);

	if (!deaf_read(port, buf, cap, deadline_us, ret_len, err))
		return false;
	*ret_len = is_text_due && !is_text_out ? len : 0;
	is_text_out = is_text_due;
	ck_assert_uint_le(len, cap);
	memcpy(buf, late_text, *ret_len);
	return true;
}

static bool late_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	is_text_due = mask & EF_RTS && value & EF_RTS;
	is_text_out &= is_text_due;
	return tap_real->set_lines(port, mask, value, err);
}

static const struct {
	const char *text, *words, *other;
} late[] = {
	{ "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x3 "
	  "(DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n",
	  "no reply to SYNC", "silent" },
	{ "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 "
	  "(SPI_FAST_FLASH_BOOT)\r\n",
	  "the chip boots from flash, but not after each of our resets", "silent" },
	/* a glitch of the line at an edge */
	{ "\xff", "the chip is silent: no answer, only ", "no byte" },
};

START_TEST(what_comes_during_a_reset_is_not_nothing)
{
	const struct sim_opts board = { .chip = "esp32", .is_paced = true };
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	ops = tap_open(r.port);
	ops->read = late_read;
	ops->set_lines = late_lines;
	late_text = late[_i].text;
	is_text_due = is_text_out = false;
	deaf_until_us = UINT64_MAX;
	ck_assert(!rig_connect(&r));
	ck_assert_msg(strstr(r.err.msg, late[_i].words) != NULL, "%s", r.err.msg);
	ck_assert_msg(strstr(r.err.msg, late[_i].other) == NULL, "%s", r.err.msg);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

START_TEST(running_application_on_a_port_without_lines)
{
	const struct sim_opts board = {
		.chip = "esp32s3", .circuit = SIM_CIRCUIT_NONE, .chatty_app = true, .is_paced = true
	};
	struct rig r;

	rig_power(&r, &board);
	r.port->caps &= ~(unsigned)EF_PORT_HAS_LINES;
	/* drop its boot log */
	ck_ok(ef_port_sleep_us(r.port, 500000, &r.err) && ef_port_discard(r.port, &r.err), &r.err);
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(r.err.code, EF_E_NOT_DOWNLOAD);
	ck_assert_msg(strstr(r.err.msg, "no lines to reset") != NULL, "%s", r.err.msg);
	ck_assert_msg(strstr(r.err.msg, "no reset, 125 SYNCs") != NULL, "%s", r.err.msg);
	rig_says(&r, "warn: no reset possible");
	/* and says so once */
	ck_assert_ptr_null(strstr(strstr(r.said, "no reset possible") + 1, "no reset possible"));
	rig_done(&r);
}
END_TEST

START_TEST(board_in_download_mode_connects_without_lines)
{
	const struct sim_opts board = { .chip = rig_chips[_i],
					.circuit = SIM_CIRCUIT_NONE_DOWNLOAD };
	struct rig r;

	rig_power(&r, &board);
	r.port->caps &= ~(unsigned)EF_PORT_HAS_LINES;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(rig_device(&r)->chip->name, rig_chips[_i]);
	rig_done(&r);
}
END_TEST

/* A slow USB adapter: its answer to the SYNC before the reset comes too late. */
START_TEST(lost_replies_do_not_hinder)
{
	struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_AUTO };
	struct rig r;

	board.faults.drop_reply = (unsigned)_i + 1;
	rig_power(&r, &board);
	/* losing any of SYNC's eight answers, or a later one, costs one retry at most */
	if (!rig_connect(&r))
		ck_assert_int_eq(r.err.code, EF_E_TIMEOUT);
	else
		ck_assert_str_eq(rig_device(&r)->chip->name, "esp32c3");
	/* everything up to the security info is asked again */
	if (_i < 9)
		ck_assert_msg(r.f != NULL, "%s", r.err.msg);
	rig_done(&r);
}
END_TEST

/* ---- secure download mode ---- */

START_TEST(secure_download_mode_needs_no_registers)
{
	const struct sim_opts board = { .chip = rig_chips[_i], .secure_download = true };
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(rig_device(&r)->chip->name, rig_chips[_i]);
	ck_assert(rig_device(&r)->is_secure_download);
	ck_assert(rig_device(&r)->has_security);
	ck_assert(!rig_device(&r)->is_stub);
	ck_assert(!rig_device(&r)->has_mac);
	ck_assert(!rig_device(&r)->has_revision);
	ck_assert_uint_eq(sim_requests(r.sim, 0x09) + sim_requests(r.sim, 0x0a), 0);
	ck_assert_uint_eq(sim_requests(r.sim, 0x05), 0);
	ck_assert_uint_ge(sim_requests(r.sim, 0x0d), 1);
	rig_says(&r, "Stub is not supported in Secure Download Mode");
	/* the user knows the size */
	ck_ok(ef_flasher_set_flash_size(r.f, 4u << 20, &r.err), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_done(&r);
}
END_TEST

static void add_loop(TCase *t, Suite *s)
{
	tcase_add_loop_test(t, board_connects, 0, (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(t, usb_jtag_board_connects, 0, 8);
	tcase_add_loop_test(t, every_chip_is_detected, 0, RIG_CHIPS);
	tcase_add_loop_test(t, every_chip_works_with_its_rom_alone, 0, RIG_CHIPS);
	tcase_add_loop_test(t, expected_chip_is_accepted, 0, RIG_CHIPS);
	tcase_add_loop_test(t, other_chip_is_a_usage_error_that_names_both, 0, RIG_CHIPS);
	tcase_add_loop_test(t, board_that_does_not_connect_is_diagnosed, 0, 2 * BAD);
	tcase_add_loop_test(t, stub_out_of_step_is_found, 0, 2);
	tcase_add_test(t, stub_at_the_rate_of_an_earlier_session_is_found);
	tcase_add_test(t, board_that_starts_slowly_connects);
	tcase_add_loop_test(t, what_comes_during_a_reset_is_not_nothing, 0,
			    (int)(sizeof(late) / sizeof(late[0])));
	tcase_add_test(t, running_application_on_a_port_without_lines);
	tcase_add_loop_test(t, board_in_download_mode_connects_without_lines, 0, RIG_CHIPS);
	tcase_add_loop_test(t, lost_replies_do_not_hinder, 0, 40);
	suite_add_tcase(s, t);
}

Suite *suite_connect(void);
Suite *suite_connect(void)
{
	Suite *s = suite_create("connect");
	TCase *t;

	add_loop(tcase_create("loop"), s);
	t = tcase_create("secure");
	/* the ESP32, first in the list, has no secure download mode */
	tcase_add_loop_test(t, secure_download_mode_needs_no_registers, 1, RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
