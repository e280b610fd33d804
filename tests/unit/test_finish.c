/* SPDX-License-Identifier: MIT */
/*
 * The end of a session: what the board does afterwards, which registers the
 * flasher wrote (esptool's sequences, from chip-facts.json), and whether its
 * messages are true.
 */
#include "flasher_rig.h"
#include "rig/tap_port.h"

static void connect_board(struct rig *r, const struct sim_opts *board)
{
	rig_power(r, board);
	rig_trace(r);
	ck_ok(rig_connect(r), &r->err);
	r->said[0] = r->writes[0] = '\0';
}

static void let_time_pass(struct rig *r)
{
	ck_ok(ef_port_sleep_us(r->port, 300000, &r->err), &r->err);
}

/* ---- hard reset ---- */

START_TEST(hard_reset_starts_the_application)
{
	const struct sim_opts board = { .chip = rig_chips[_i / 2], .chatty_app = true };
	struct rig r;
	unsigned before;

	rig_power(&r, &board);
	r.opts.no_stub = _i % 2;
	ck_ok(rig_connect(&r), &r.err);
	before = sim_resets(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	let_time_pass(&r);
	ck_assert(sim_is_running(r.sim));
	ck_assert_uint_eq(sim_resets(r.sim), before + 1);
	ck_assert(!rig_device(&r)->is_stub);
	rig_done(&r);
}
END_TEST

/* A board that a short pulse has reset once gets another; one that needed more gets the long one.
 */
START_TEST(pulse_is_as_short_as_the_board_takes)
{
	static const struct {
		enum sim_circuit circuit;
		enum sim_trouble trouble;
		uint64_t pulse_us;
		const char *chip;
	} boards[] = {
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_NONE, 10000, "esp32" },
		/* its ROM spoke late before: two SYNCs that find no loader follow at once */
		{ SIM_CIRCUIT_SLOW_EN, SIM_TROUBLE_NONE, 100000 + 2 * 55000, "esp32" },
		/* it did not name a start: 40 ms of silence come before the SYNCs */
		{ SIM_CIRCUIT_SLOW_EN, SIM_TROUBLE_MUTE_ROM, 140000 + 2 * 55000, "esp32" },
		/* the same: at 26 MHz, what it said was not readable */
		{ SIM_CIRCUIT_SLOW_EN, SIM_TROUBLE_NONE, 140000 + 2 * 55000, "esp32c2" },
	};
	const struct sim_opts board = { .chip = boards[_i].chip,
					.xtal_mhz = _i == 3 ? 26 : 0,
					.is_paced = _i == 3,
					.circuit = boards[_i].circuit,
					.trouble = boards[_i].trouble,
					.chatty_app = true };
	struct rig r;
	uint64_t start_us;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	start_us = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_uint_eq((sim_now_us(r.sim) - start_us) / 10000, boards[_i].pulse_us / 10000);
	let_time_pass(&r);
	ck_assert(sim_is_running(r.sim));
	rig_done(&r);
}
END_TEST

/* The start was a hand's work: it does not show when a reset by the lines is heard. */
START_TEST(start_by_hand_is_no_late_reset)
{
	const struct sim_opts board = { .chip = "esp32",
					.circuit = SIM_CIRCUIT_SLOW_EN,
					.chatty_app = true };
	struct rig r;
	uint64_t start_us;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	r.opts.before = EF_BEFORE_NO_RESET;
	sim_press_buttons_at(r.sim, sim_now_us(r.sim) + 300000);
	ck_ok(rig_connect(&r), &r.err);
	start_us = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_uint_ge(sim_now_us(r.sim) - start_us, 100000 + 40000 + 2 * 55000);
	let_time_pass(&r);
	ck_assert(sim_is_running(r.sim));
	rig_done(&r);
}
END_TEST

START_TEST(hard_reset_over_usb_jtag)
{
	const struct sim_opts board = { .chip = "esp32c6",
					.circuit = SIM_CIRCUIT_USB_JTAG,
					.chatty_app = true };
	struct rig r;

	connect_board(&r, &board);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	let_time_pass(&r);
	ck_assert(sim_is_running(r.sim));
	rig_done(&r);
}
END_TEST

START_TEST(hard_reset_in_secure_download_mode_touches_no_register)
{
	const struct sim_opts board = { .chip = rig_chips[_i],
					.chatty_app = true,
					.secure_download = true };
	struct rig r;

	connect_board(&r, &board);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	let_time_pass(&r);
	ck_assert(sim_is_running(r.sim));
	ck_assert_str_eq(r.writes, "");
	rig_done(&r);
}
END_TEST

START_TEST(hard_reset_without_lines_is_admitted)
{
	const struct sim_opts board = { .chip = "esp32c3", .circuit = SIM_CIRCUIT_NONE_DOWNLOAD };
	struct rig r;

	rig_power(&r, &board);
	r.port->caps &= ~(unsigned)EF_PORT_HAS_LINES;
	ck_ok(rig_connect(&r), &r.err);
	r.said[0] = '\0';
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	rig_says(&r, "warn: no reset possible");
	rig_done(&r);
}
END_TEST

/* arduino-esp32 issue 6762; esptool esp32s3.py hard_reset */
START_TEST(forced_download_is_cleared_on_the_s3)
{
	const struct sim_opts board = { .chip = "esp32s3" };
	struct rig r;

	connect_board(&r, &board);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_str_eq(r.writes, "6000812c=00000000/00000001\n");
	rig_done(&r);
}
END_TEST

/* ---- a caller that listens ---- */

static unsigned sent_after_reset, read_after_reset;
static bool is_pulsed;

static bool listened_write(struct ef_port *port, const uint8_t *data, size_t len,
			   uint64_t deadline_us, struct ef_err *err)
{
	sent_after_reset += is_pulsed;
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool listened_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
			  size_t *ret_len, struct ef_err *err)
{
	read_after_reset += is_pulsed;
	return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
}

static bool listened_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	is_pulsed = true;
	return tap_real->set_lines(port, mask, value, err);
}

/*
 * Nothing may be sent behind the reset, since the application would get it, and the port has the
 * ROM's rate before the first word comes. A silent chip is asked by SYNC only where DTR and RTS
 * are wires: a chip's own USB port has none.
 */
START_TEST(listener_hears_the_chip_undisturbed)
{
	const struct sim_opts board = { .chip = "esp32c6",
					.circuit = _i ? SIM_CIRCUIT_USB_JTAG : SIM_CIRCUIT_AUTO,
					.is_paced = true };
	const struct ef_listen_opts listen = { .limit_ms = 500 };
	struct ef_port_ops *ops;
	struct ef_start start;
	uint64_t start_us;
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	ck_ok(rig_connect(&r), &r.err);
	ef_flasher_will_listen(r.f);
	is_pulsed = false;
	sent_after_reset = read_after_reset = 0;
	ops = tap_open(r.port);
	ops->read = listened_read;
	ops->write = listened_write;
	ops->set_lines = listened_lines;
	start_us = sim_now_us(r.sim);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	if (!_i) {
		ck_assert_uint_eq(r.port->rate_hz, 115200);
		ck_assert_uint_lt(sim_now_us(r.sim) - start_us, 30000); /* a pulse of 10 ms */
	}
	ck_assert(is_pulsed);
	ck_assert_uint_eq(sent_after_reset, 0);
	ck_assert_uint_eq(read_after_reset, 0); /* the first words are the listener's */
	ck_ok(ef_flasher_listen(r.f, &listen, &start, &r.err), &r.err);
	if (_i)
		ck_assert_uint_eq(sent_after_reset, 0);
	tap_close(r.port);
	rig_done(&r);
}
END_TEST

/*
 * The C2's ROM sets its UART as if the crystal had 40 MHz (esptool esp32c2.py: most have 26), so
 * its words come at 74880 baud then. Other ROMs measure the crystal.
 */
static const struct {
	const char *chip;
	unsigned xtal_mhz;
	uint32_t heard_hz;
} crystals[] = {
	{ "esp32c2", 26, 74880 }, { "esp32c2", 40, 115200 }, { "esp32", 26, 115200 },
	{ "esp32", 40, 115200 },  { "esp32c3", 40, 115200 },
};

START_TEST(rom_is_heard_at_its_rate)
{
	const struct sim_opts board = { .chip = crystals[_i].chip,
					.xtal_mhz = crystals[_i].xtal_mhz };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->xtal_mhz, crystals[_i].xtal_mhz);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_uint_eq(r.port->rate_hz, crystals[_i].heard_hz);
	rig_done(&r);
}
END_TEST

/* ---- USB-OTG ---- */

struct otg {
	const char *chip;
	uint16_t pid;
	uint32_t strap_reg; /* bit 3: GPIO0 is high; 0: not asked */
	uint32_t force_reg, force_mask;
	const char *watchdog; /* the first write of a watchdog reset */
};

static const struct otg otgs[] = {
	{ "esp32s2", 0x0002, 0x3f404038, 0x3f408128, 1, "3f4080ac=50d83aa1/ffffffff\n" },
	{ "esp32s3", 0x0009, 0x60004038, 0x6000812c, 1, "600080b0=50d83aa1/ffffffff\n" },
	{ "esp32p4", 0x0012, 0, 0, 0, "50116018=50d83aa1/ffffffff\n" },
	{ "esp32s31", 0x0020, 0, 0, 0, "20801018=50d83aa1/ffffffff\n" },
};

static void connect_otg(struct rig *r, const struct otg *otg)
{
	const struct sim_opts board = { .chip = otg->chip };

	rig_power(r, &board);
	r->port->info.vid = 0x303a;
	r->port->info.pid = otg->pid;
	rig_trace(r);
	ck_ok(rig_connect(r), &r->err);
	ck_assert(rig_device(r)->is_usb_otg);
	ck_assert(!rig_device(r)->is_usb_jtag);
}

START_TEST(hard_reset_over_otg_is_a_watchdog_reset)
{
	struct rig r;
	unsigned before;

	connect_otg(&r, &otgs[_i]);
	before = r.line_changes;
	r.writes[0] = '\0';
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	rig_writes(&r, otgs[_i].watchdog);
	rig_says(&r, "info: Resetting device with watchdog\n");
	let_time_pass(&r);
	ck_assert_uint_eq(r.line_changes, before);
	rig_done(&r);
}
END_TEST

/* S2 and S3: only where GPIO0 holds the chip in download mode */
START_TEST(hard_reset_over_otg_with_the_boot_pin_high_uses_the_line)
{
	struct rig r;
	unsigned before;

	connect_otg(&r, &otgs[_i]);
	before = r.line_changes;
	ck_ok(ef_rom_write_reg(ef_flasher_rom(r.f), otgs[_i].strap_reg, 1u << 3, UINT32_MAX, 0,
			       &r.err),
	      &r.err);
	r.writes[0] = '\0';
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_assert_ptr_null(strstr(r.writes, otgs[_i].watchdog));
	ck_assert_uint_gt(r.line_changes, before);
	rig_done(&r);
}
END_TEST

/* ---- watchdog reset ---- */

static const struct {
	const char *chip;
	const char *writes; /* NULL: esptool has no watchdog reset for it */
} watchdogs[] = {
	{ "esp32", NULL },
	{ "esp32c6", NULL },
	{ "esp32h2", NULL },
	{ "esp32c2", "6000809c=50d83aa1/ffffffff\n60008088=000007d0/ffffffff\n"
		     "60008084=d0000102/ffffffff\n6000809c=00000000/ffffffff\n" },
	{ "esp32c3", "600080a8=50d83aa1/ffffffff\n60008094=000007d0/ffffffff\n"
		     "60008090=d0000102/ffffffff\n600080a8=00000000/ffffffff\n" },
	{ "esp32c5", "600b1c18=50d83aa1/ffffffff\n600b1c04=000007d0/ffffffff\n"
		     "600b1c00=d0000102/ffffffff\n600b1c18=00000000/ffffffff\n" },
	{ "esp32c61", "600b1c18=50d83aa1/ffffffff\n600b1c04=000007d0/ffffffff\n"
		      "600b1c00=d0000102/ffffffff\n600b1c18=00000000/ffffffff\n" },
	{ "esp32p4", "50116018=50d83aa1/ffffffff\n50116004=000007d0/ffffffff\n"
		     "50116000=d0000102/ffffffff\n50116018=00000000/ffffffff\n" },
	{ "esp32s2", "3f4080ac=50d83aa1/ffffffff\n3f408098=000007d0/ffffffff\n"
		     "3f408094=d0000102/ffffffff\n3f4080ac=00000000/ffffffff\n" },
	{ "esp32s3", "600080b0=50d83aa1/ffffffff\n6000809c=000007d0/ffffffff\n"
		     "60008098=d0000102/ffffffff\n600080b0=00000000/ffffffff\n" },
	{ "esp32s31", "20801018=50d83aa1/ffffffff\n20801004=000007d0/ffffffff\n"
		      "20801000=d0000102/ffffffff\n20801018=00000000/ffffffff\n" },
};

START_TEST(watchdog_reset_works_or_is_refused)
{
	const struct sim_opts board = { .chip = watchdogs[_i].chip,
					.chatty_app = true,
					.is_paced = true };
	struct rig r;
	unsigned before;

	connect_board(&r, &board);
	before = r.line_changes;
	if (!watchdogs[_i].writes) {
		ck_fails(ef_flasher_finish(r.f, EF_AFTER_WATCHDOG_RESET, &r.err), &r.err,
			 EF_E_UNSUPP, ef_chip_by_name(watchdogs[_i].chip)->label);
		ck_assert_str_eq(r.writes, "");
		ck_assert(sim_is_download(r.sim));
	} else {
		ck_ok(ef_flasher_finish(r.f, EF_AFTER_WATCHDOG_RESET, &r.err), &r.err);
		rig_writes(&r, watchdogs[_i].writes);
		rig_says(&r, "info: Resetting device with watchdog\n");
		let_time_pass(&r);
		ck_assert(sim_is_running(r.sim));
		/* the line did not reset it */
		ck_assert_uint_eq(r.line_changes, before);
	}
	rig_done(&r);
}
END_TEST

START_TEST(watchdog_reset_in_secure_download_mode_is_refused)
{
	const struct sim_opts board = { .chip = "esp32c3", .secure_download = true };
	struct rig r;

	connect_board(&r, &board);
	ck_fails(ef_flasher_finish(r.f, EF_AFTER_WATCHDOG_RESET, &r.err), &r.err, EF_E_UNSUPP,
		 "secure download mode");
	rig_done(&r);
}
END_TEST

/* ---- no reset ---- */

/* The loader stays at the rate at which the next session looks for it. */
START_TEST(stub_that_stays_is_found_again)
{
	const enum ef_after after = _i % 2 ? EF_AFTER_NO_RESET : EF_AFTER_NO_RESET_NO_STUB;
	const struct sim_opts board = { .chip = rig_chips[_i / 2], .is_paced = true };
	struct ef_flasher *first = NULL;
	struct rig r;
	unsigned before;

	if (!ef_stub_count())
		return;
	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	ck_ok(ef_flasher_connect(r.port, &r.opts, &first, &r.err), &r.err);
	before = sim_resets(r.sim);
	r.said[0] = '\0';
	ck_ok(ef_flasher_finish(first, after, &r.err), &r.err);
	ef_flasher_close(first);
	/* the bundled stubs can't return to the ROM */
	ck_assert(sim_is_stub(r.sim));
	if (after == EF_AFTER_NO_RESET) {
		rig_says(&r, "info: Staying in bootloader\n");
		rig_says(&r, "warn: the flasher stub keeps running");
	} else {
		ck_assert_str_eq(r.said, "info: Staying in flasher stub\n");
	}
	r.opts.before = EF_BEFORE_NO_RESET;
	ck_ok(ef_port_set_baud(r.port, 115200, &r.err), &r.err);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(sim_resets(r.sim), before);
	ck_assert(rig_device(&r)->is_stub);
	rig_done(&r);
}
END_TEST

START_TEST(rom_that_stays_says_so)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	r.opts.rate_hz = 460800;
	ck_ok(rig_connect(&r), &r.err);
	r.said[0] = '\0';
	ck_ok(ef_flasher_finish(r.f, _i ? EF_AFTER_NO_RESET : EF_AFTER_NO_RESET_NO_STUB, &r.err),
	      &r.err);
	ck_assert_str_eq(r.said, "info: Staying in bootloader\n");
	ck_assert(sim_is_download(r.sim));
	ck_assert(!sim_is_stub(r.sim));
	/* END would make a ROM leave the loader */
	ck_assert_uint_eq(sim_requests(r.sim, 0x04), 0);
	ck_assert_uint_eq(sim_rate_hz(r.sim), 115200);
	rig_done(&r);
}
END_TEST

Suite *suite_finish(void);
Suite *suite_finish(void)
{
	Suite *s = suite_create("finish");
	TCase *t = tcase_create("hard");

	tcase_add_loop_test(t, hard_reset_starts_the_application, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, pulse_is_as_short_as_the_board_takes, 0, 4);
	tcase_add_test(t, start_by_hand_is_no_late_reset);
	tcase_add_test(t, hard_reset_over_usb_jtag);
	tcase_add_loop_test(t, rom_is_heard_at_its_rate, 0, 5);
	tcase_add_loop_test(t, listener_hears_the_chip_undisturbed, 0, 2);
	tcase_add_loop_test(t, hard_reset_in_secure_download_mode_touches_no_register, 1,
			    RIG_CHIPS);
	tcase_add_test(t, hard_reset_without_lines_is_admitted);
	tcase_add_test(t, forced_download_is_cleared_on_the_s3);
	tcase_add_loop_test(t, hard_reset_over_otg_is_a_watchdog_reset, 0, 4);
	tcase_add_loop_test(t, hard_reset_over_otg_with_the_boot_pin_high_uses_the_line, 0, 2);
	suite_add_tcase(s, t);
	t = tcase_create("watchdog");
	tcase_add_loop_test(t, watchdog_reset_works_or_is_refused, 0, 11);
	tcase_add_test(t, watchdog_reset_in_secure_download_mode_is_refused);
	suite_add_tcase(s, t);
	t = tcase_create("stay");
	tcase_add_loop_test(t, stub_that_stays_is_found_again, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, rom_that_stays_says_so, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
