/* SPDX-License-Identifier: MIT */
/*
 * Changing the rate: on every chip, with ROM and stub, up and down, and with a
 * chip, a host or a wire that can't follow.
 */
#include "fake_rom.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

static const uint32_t rates[] = { 9600, 57600, 115200, 230400, 460800, 921600, 1500000, 2000000 };
#define RATES ((int)(sizeof(rates) / sizeof(rates[0])))

static void check_rate(const char *chip, uint32_t rate_hz, uint32_t xtal_mhz, bool no_stub)
{
	const struct sim_opts board = { .chip = chip, .xtal_mhz = xtal_mhz, .is_paced = true };
	struct rig r;
	int64_t off;

	rig_power(&r, &board);
	r.opts.rate_hz = rate_hz;
	r.opts.no_stub = no_stub;
	ck_ok(rig_connect(&r), &r.err);
	rig_does_not_say(&r, "staying at");
	ck_assert_uint_eq(r.port->rate_hz, rate_hz);
	/* a UART survives 2 % */
	off = (int64_t)sim_rate_hz(r.sim) - rate_hz;
	ck_assert_msg(off * 50 < rate_hz && -off * 50 < rate_hz, "chip at %u, asked for %u",
		      sim_rate_hz(r.sim), rate_hz);
	rig_done(&r);
}

START_TEST(every_chip_every_rate_by_its_rom)
{
	check_rate(rig_chips[_i / RATES], rates[_i % RATES], 0, true);
}
END_TEST

START_TEST(every_chip_every_rate_by_its_stub)
{
	check_rate(rig_chips[_i / RATES], rates[_i % RATES], 0, false);
}
END_TEST

static uint32_t last_rates[2];

static bool record_rate(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	last_rates[0] = last_rates[1];
	last_rates[1] = rate_hz;
	return tap_real->set_baud(port, rate_hz, err);
}

/* A mask ROM loses bytes at 2 Mbaud, so it gets the stub at a lower rate. */
START_TEST(only_the_stub_is_faster_than_921600)
{
	const struct sim_opts board = { .chip = rig_chips[_i] };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = 2000000;
	tap_open(r.port)->set_baud = record_rate;
	ck_ok(rig_connect(&r), &r.err);
	tap_close(r.port);
	ck_assert_uint_eq(last_rates[0], 921600);
	ck_assert_uint_eq(last_rates[1], 2000000);
	rig_done(&r);
}
END_TEST

/* ROMs that assume another crystal, and a drifting one: esptool's three special cases */
START_TEST(crystals_that_the_rom_does_not_expect)
{
	static const struct {
		const char *chip;
		uint32_t xtal_mhz;
	} odd[] = { { "esp32", 26 },   { "esp32", 40 },   { "esp32c2", 26 },
		    { "esp32c2", 40 }, { "esp32c5", 40 }, { "esp32c5", 48 } };

	check_rate(odd[_i / 2].chip, 921600, odd[_i / 2].xtal_mhz, _i % 2);
}
END_TEST

START_TEST(crystal_is_measured_before_the_rate_changes)
{
	static const uint32_t xtals[] = { 26, 40 };
	const struct sim_opts board = { .chip = "esp32c2", .xtal_mhz = xtals[_i] };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->xtal_mhz, xtals[_i]);
	rig_done(&r);
}
END_TEST

/* Above some rate the wire garbles everything: W-14 */
START_TEST(wire_that_is_too_slow_is_a_warning)
{
	struct sim_opts board = { .chip = rig_chips[_i / 2], .is_paced = true };
	struct rig r;

	board.faults.max_rate_hz = 460800;
	rig_power(&r, &board);
	r.opts.rate_hz = 921600;
	r.opts.no_stub = _i % 2;
	ck_ok(rig_connect(&r), &r.err);
	rig_says(&r, "warn: no answer at 921600 baud");
	rig_says(&r, "staying at 115200");
	ck_assert_uint_eq(r.port->rate_hz, 115200);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	ck_assert(sim_is_download(r.sim));
	rig_done(&r);
}
END_TEST

START_TEST(wire_that_is_too_slow_and_no_reset_is_an_error_with_the_remedy)
{
	struct sim_opts board = { .chip = "esp32c3",
				  .circuit = SIM_CIRCUIT_NONE_DOWNLOAD,
				  .is_paced = true };
	struct rig r;

	board.faults.max_rate_hz = 460800;
	rig_power(&r, &board);
	r.port->caps &= ~(unsigned)EF_PORT_HAS_LINES;
	r.opts.rate_hz = 921600;
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(r.err.code, EF_E_TIMEOUT);
	ck_assert_msg(strstr(ck_hint(&r.err), "--baud 115200") != NULL, "%s", ck_hint(&r.err));
	rig_done(&r);
}
END_TEST

/* The host can't do the rate, so the chip must not get the command. */
static bool refuse_fast(struct ef_port *port, uint32_t rate_hz, struct ef_err *err);

static bool refuse_fast(struct ef_port *port, uint32_t rate_hz, struct ef_err *err)
{
	if (rate_hz > 1000000)
		return ef_fail(err, EF_E_PORT, "the port refuses %u baud", rate_hz);
	return tap_real->set_baud(port, rate_hz, err);
}

START_TEST(host_that_is_too_slow_is_a_warning)
{
	const struct sim_opts board = { .chip = "esp32c6", .is_paced = true };
	struct rig r;

	rig_power(&r, &board);
	tap_open(r.port)->set_baud = refuse_fast;
	r.opts.rate_hz = 2000000;
	ck_ok(rig_connect(&r), &r.err);
	rig_says(&r, "warn: this port can't do 2000000 baud (the port refuses 2000000 baud): "
		     "staying at 921600");
	ck_assert_uint_eq(r.port->rate_hz, 921600);
	ck_assert_uint_eq(sim_requests(r.sim, 0x0f), 1); /* for the upload of the stub */
	rig_done(&r);
}
END_TEST

START_TEST(port_without_a_rate_is_left_alone)
{
	const struct sim_opts board = { .chip = "esp32c6" };
	struct rig r;

	rig_power(&r, &board);
	r.port->caps &= ~(unsigned)EF_PORT_HAS_BAUD;
	r.opts.rate_hz = 921600;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(sim_requests(r.sim, 0x0f), 0);
	rig_done(&r);
}
END_TEST

/* esptool: C2 keeps 115200 in secure download mode, C5 does not since 5.5.0 */
START_TEST(rate_in_secure_download_mode)
{
	static const struct {
		const char *chip;
		bool can;
	} chips[] = { { "esp32c2", false },
		      { "esp32c5", true },
		      { "esp32c3", true },
		      { "esp32s2", true },
		      { "esp32p4", true } };
	const struct sim_opts board = { .chip = chips[_i].chip, .secure_download = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = 460800;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(r.port->rate_hz, chips[_i].can ? 460800 : 115200);
	ck_assert_uint_eq(sim_requests(r.sim, 0x0f), chips[_i].can);
	if (!chips[_i].can)
		rig_says(&r, "warn: this chip can't change its rate in secure download mode");
	rig_done(&r);
}
END_TEST

/*
 * The C5's ROM may assume another crystal than the board has, and secure download mode
 * hides both: then the new rate doesn't work, and the old one is kept.
 */
START_TEST(rate_with_a_hidden_crystal)
{
	const struct sim_opts board = { .chip = "esp32c5",
					.xtal_mhz = _i ? 48 : 40,
					.secure_download = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.rate_hz = 460800;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(r.port->rate_hz == 460800 || r.port->rate_hz == 115200);
	ck_ok(ef_rom_spi_set_params(ef_flasher_rom(r.f), 4u << 20, &r.err), &r.err);
	rig_done(&r);
}
END_TEST

START_TEST(chip_that_refuses_is_a_warning)
{
	struct fake_rom rom = { .magic = 0x00f01d83, .divider = 347, .refuses = 0x0f };
	const struct ef_connect_opts opts = { .no_stub = true,
					      .skip_flash = true,
					      .rate_hz = 460800 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	ck_ok(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err);
	ck_assert_uint_eq(rom.port.base.rate_hz, 115200);
	ef_flasher_close(f);
}
END_TEST

/* If any answer during the change is lost, the session continues at one of the two rates. */
START_TEST(lost_answer_around_the_change)
{
	struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	board.faults.drop_reply = 18 + (unsigned)_i;
	rig_power(&r, &board);
	r.opts.no_stub = true;
	r.opts.rate_hz = 460800;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_done(&r);
}
END_TEST

Suite *suite_connect_baud(void);
Suite *suite_connect_baud(void)
{
	Suite *s = suite_create("connect_baud");
	TCase *t = tcase_create("rates");

	tcase_add_loop_test(t, every_chip_every_rate_by_its_rom, 0, RIG_CHIPS * RATES);
	tcase_add_loop_test(t, every_chip_every_rate_by_its_stub, 0, RIG_CHIPS * RATES);
	tcase_add_loop_test(t, only_the_stub_is_faster_than_921600, 0, RIG_CHIPS);
	tcase_add_loop_test(t, crystals_that_the_rom_does_not_expect, 0, 12);
	tcase_add_loop_test(t, crystal_is_measured_before_the_rate_changes, 0, 2);
	suite_add_tcase(s, t);
	t = tcase_create("limits");
	tcase_add_loop_test(t, wire_that_is_too_slow_is_a_warning, 0, 2 * RIG_CHIPS);
	tcase_add_test(t, wire_that_is_too_slow_and_no_reset_is_an_error_with_the_remedy);
	tcase_add_test(t, host_that_is_too_slow_is_a_warning);
	tcase_add_test(t, chip_that_refuses_is_a_warning);
	tcase_add_loop_test(t, lost_answer_around_the_change, 0, 24);
	tcase_add_test(t, port_without_a_rate_is_left_alone);
	tcase_add_loop_test(t, rate_in_secure_download_mode, 0, 5);
	tcase_add_loop_test(t, rate_with_a_hidden_crystal, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
