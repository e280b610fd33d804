/* SPDX-License-Identifier: MIT */
/*
 * A wrong verdict is worse than none: every board that can be connected to, on
 * every chip, connects without one, and the usual ones at once.
 */
#include "flasher_rig.h"

static const char *const chips[] = { "esp32",   "esp32s2", "esp32s3", "esp32c2",
				     "esp32c3", "esp32c5", "esp32c6", "esp32c61",
				     "esp32h2", "esp32p4", "esp32s31" };
#define CHIPS ((int)(sizeof(chips) / sizeof(chips[0])))

struct healthy {
	const char *name;
	struct sim_opts board;
	unsigned limit_ms; /* time to connect, identify and start the stub; 0: no limit */
};

/* 100 ms for the SYNC before any reset, 102 to 152 for a reset, the stub at 115200 baud */
#define AT_ONCE 900
#define B       .is_paced = true, .circuit
static const struct healthy boards[] = {
	{ "usual", { B = SIM_CIRCUIT_AUTO }, AT_ONCE },
	{ "bootloader on it", { B = SIM_CIRCUIT_AUTO, .boot.is_factory = true }, AT_ONCE },
	{ "chatters", { B = SIM_CIRCUIT_AUTO, .chatty_app = true }, AT_ONCE },
	{ "EN in 1 ms", { B = SIM_CIRCUIT_AUTO, .en_rise_us = 1000 }, AT_ONCE },
	{ "EN in 10 ms", { B = SIM_CIRCUIT_AUTO, .en_rise_us = 10000 }, AT_ONCE },
	{ "fast EN", { B = SIM_CIRCUIT_FAST_EN }, 0 },
	{ "slow EN", { B = SIM_CIRCUIT_SLOW_EN }, 0 },
	{ "EN in 50 ms", { B = SIM_CIRCUIT_AUTO, .en_rise_us = 50000 }, 0 },
	{ "EN in 100 ms", { B = SIM_CIRCUIT_AUTO, .en_rise_us = 100000, .chatty_app = true }, 0 },
	{ "EN in 200 ms", { B = SIM_CIRCUIT_AUTO, .en_rise_us = 200000 }, 0 },
	{ "EN in 500 ms", { B = SIM_CIRCUIT_AUTO, .en_rise_us = 500000, .chatty_app = true }, 0 },
	{ "in download mode", { B = SIM_CIRCUIT_NONE_DOWNLOAD }, AT_ONCE },
	{ "stub running", { B = SIM_CIRCUIT_AUTO, .stub_running = true }, AT_ONCE },
	{ "stub running, unwired",
	  { B = SIM_CIRCUIT_NONE_DOWNLOAD, .stub_running = true },
	  AT_ONCE },
	{ "inverted", { B = SIM_CIRCUIT_INVERTED }, 0 },
	{ "inverted, chatters", { B = SIM_CIRCUIT_INVERTED, .chatty_app = true }, 0 },
	{ "mute ROM", { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_MUTE_ROM }, AT_ONCE },
	{ "mute ROM, chatters",
	  { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_MUTE_ROM, .chatty_app = true },
	  AT_ONCE },
	{ "hangs", { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_WATCHDOG }, AT_ONCE },
	{ "weak supply", { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_BROWNOUT }, AT_ONCE },
	{ "ROM at 74880", { B = SIM_CIRCUIT_AUTO, .rom_rate_hz = 74880 }, 0 },
	{ "app at 9600",
	  { B = SIM_CIRCUIT_AUTO, .app_rate_hz = 9600, .chatty_app = true },
	  AT_ONCE },
	{ "app at 921600, EN slow",
	  { B = SIM_CIRCUIT_SLOW_EN, .app_rate_hz = 921600, .chatty_app = true },
	  0 },
	{ "noise, a byte in 10000",
	  { B = SIM_CIRCUIT_AUTO, .faults = { .noise_every = 10000 } },
	  0 },
	{ "noise, a byte in 10000, chatters",
	  { B = SIM_CIRCUIT_AUTO, .faults = { .noise_every = 10000 }, .chatty_app = true },
	  0 },
	{ "secure download", { B = SIM_CIRCUIT_AUTO, .secure_download = true }, AT_ONCE },
	{ "no flash", { B = SIM_CIRCUIT_AUTO, .flash_size = SIM_NO_FLASH }, 0 },
};
#define BOARDS ((int)(sizeof(boards) / sizeof(boards[0])))

START_TEST(healthy_board_has_no_verdict)
{
	const struct healthy *h = &boards[_i % BOARDS];
	struct sim_opts board = h->board;
	static struct ef_connect_report report;
	uint64_t start;
	struct rig r;

	board.chip = chips[_i / BOARDS];
	/* secure download mode exists since the S2 */
	if (board.secure_download && _i / BOARDS == 0)
		return;
	rig_power(&r, &board);
	ck_ok(ef_port_sleep_us(r.port, 700000, &r.err) && ef_port_discard(r.port, &r.err), &r.err);
	r.opts.report = &report;
	start = sim_now_us(r.sim);
	ck_assert_msg(rig_connect(&r), "%s, %s: %s", board.chip, h->name, r.err.msg);
	ck_assert_msg(report.verdict == EF_VERDICT_NONE, "%s, %s: %s", board.chip, h->name,
		      ef_verdict_info(report.verdict)->name);
	ck_assert_msg(!h->limit_ms || report.evidence.took_us < h->limit_ms * 1000ull / 2,
		      "%s, %s: answered after %u us", board.chip, h->name,
		      (unsigned)report.evidence.took_us);
	ck_assert_msg(!h->limit_ms || sim_now_us(r.sim) - start < h->limit_ms * 1000ull * 2,
		      "%s, %s: took %u us", board.chip, h->name,
		      (unsigned)(sim_now_us(r.sim) - start));
	rig_does_not_say(&r, "waiting for that");
	/* at whatever rate it was met */
	ck_assert_uint_eq(r.port->rate_hz, 115200);
	rig_done(&r);
}
END_TEST

START_TEST(no_chip_is_missing)
{
	int n = 0;

	while (ef_chips[n])
		n++;
	ck_assert_int_eq(n, CHIPS);
	for (int i = 0; i < CHIPS; i++)
		ck_assert_ptr_nonnull(ef_chip_by_name(chips[i]));
}
END_TEST

Suite *suite_healthy(void);
Suite *suite_healthy(void)
{
	Suite *s = suite_create("healthy");
	TCase *t = tcase_create("boards");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, healthy_board_has_no_verdict, 0, BOARDS * CHIPS);
	tcase_add_test(t, no_chip_is_missing);
	suite_add_tcase(s, t);
	return s;
}
