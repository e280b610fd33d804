/* SPDX-License-Identifier: MIT */
/*
 * Wires that are exchanged or joined, and a finger on RESET, behind each circuit and with each
 * chip: what the program concludes, and where the chip is after the final reset. No start
 * that somebody else caused may count as ours, no echo may pass for a cut wire, and no chip
 * may stay in its loader without a word.
 */
#include "flasher_rig.h"

static struct ef_connect_report report;

enum wiring { PLAIN, SWAPPED, JOINED, BY_HAND, WIRINGS };

static const struct {
	enum sim_circuit circuit;
	/* NONE: it connects */
	enum ef_verdict plain, swapped;
} circuits[] = {
	{ SIM_CIRCUIT_AUTO, EF_VERDICT_NONE, EF_VERDICT_NONE },
	{ SIM_CIRCUIT_FAST_EN, EF_VERDICT_NONE, EF_VERDICT_NONE },
	{ SIM_CIRCUIT_SLOW_EN, EF_VERDICT_NONE, EF_VERDICT_NONE },
	{ SIM_CIRCUIT_INVERTED, EF_VERDICT_NONE, EF_VERDICT_NONE },
	{ SIM_CIRCUIT_NONE, EF_VERDICT_APP_UNAFFECTED, EF_VERDICT_APP_UNAFFECTED },
	{ SIM_CIRCUIT_NONE_DOWNLOAD, EF_VERDICT_NONE, EF_VERDICT_NONE },
	{ SIM_CIRCUIT_NO_BOOT, EF_VERDICT_FLASH_BOOT, EF_VERDICT_FLASH_BOOT },
	{ SIM_CIRCUIT_NO_TX, EF_VERDICT_NO_SYNC_REPLY, EF_VERDICT_NO_SYNC_REPLY },
	{ SIM_CIRCUIT_NO_RX, EF_VERDICT_SILENT, EF_VERDICT_SILENT },
	{ SIM_CIRCUIT_ECHO, EF_VERDICT_ECHO, EF_VERDICT_ECHO },
};
#define CIRCUITS (sizeof(circuits) / sizeof(circuits[0]))

static struct sim_opts board_of(const char *chip, enum sim_circuit circuit)
{
	return (struct sim_opts){ .chip = chip,
				  .circuit = circuit,
				  .is_paced = true,
				  .chatty_app = true,
				  .xtal_mhz = strcmp(chip, "esp32c2") == 0 ? 40 : 0 };
}

/* Power up, and forget what that printed. */
static void power(struct rig *r, const struct sim_opts *board, bool is_remote)
{
	rig_power(r, board);
	if (is_remote) {
		r->port->info.vid = 0;
		r->port->caps |= EF_PORT_REMOTE;
	}
	ck_ok(ef_port_sleep_us(r->port, 500000, &r->err) && ef_port_discard(r->port, &r->err),
	      &r->err);
	r->opts.report = &report;
}

static enum ef_verdict expected(size_t i, enum wiring wiring)
{
	if (wiring == JOINED)
		return circuits[i].circuit == SIM_CIRCUIT_NO_RX ? EF_VERDICT_SILENT
								: EF_VERDICT_ECHO;
	return wiring == SWAPPED ? circuits[i].swapped : circuits[i].plain;
}

/* Leave the chip, and look whether its application runs. */
static void leave(struct rig *r, const char *what, bool has_wires)
{
	ck_assert_msg(ef_flasher_finish(r->f, EF_AFTER_HARD_RESET, &r->err), "%s: %s", what,
		      r->err.msg);
	ck_ok(ef_port_sleep_us(r->port, 1200000, &r->err), &r->err);
	ck_assert_msg(sim_is_running(r->sim) == has_wires, "%s: %s", what, r->said);
	if (!has_wires)
		rig_says(r, "press RESET");
}

START_TEST(every_wiring_behind_every_circuit)
{
	const char *chip = rig_chips[_i / WIRINGS];
	enum wiring wiring = (enum wiring)(_i % WIRINGS);

	for (size_t i = 0; i < CIRCUITS; i++) {
		struct sim_opts board = board_of(chip, circuits[i].circuit);
		enum ef_verdict want = expected(i, wiring);
		char what[64];
		struct rig r;
		bool ok;

		board.bridge.swaps_lines = wiring == SWAPPED;
		board.bridge.joins_data = wiring == JOINED;
		(void)snprintf(what, sizeof(what), "%s, circuit %d, wiring %d", chip,
			       (int)circuits[i].circuit, (int)wiring);
		power(&r, &board, false);
		if (wiring == BY_HAND)
			sim_press_reset_at(r.sim, sim_now_us(r.sim) + 2500000);
		ok = rig_connect(&r);
		ck_assert_msg(ok == (want == EF_VERDICT_NONE), "%s: %s", what, r.err.msg);
		ck_assert_msg(report.verdict == want, "%s: %s", what, r.err.msg);
		if (ok)
			leave(&r, what, circuits[i].circuit != SIM_CIRCUIT_NONE_DOWNLOAD);
		rig_done(&r);
	}
}
END_TEST

/* ---- a finger on RESET ---- */

/* Nothing is wired, and the application is silent: the only start that is heard is not ours. */
START_TEST(a_start_by_hand_is_not_ours)
{
	static const char boot[] = "ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"
				   "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n";
	struct sim_opts board = board_of("esp32c3", SIM_CIRCUIT_NONE);
	struct rig r;

	board.boot.text = boot;
	power(&r, &board, _i % 2);
	sim_press_reset_at(r.sim, sim_now_us(r.sim) + 31700u * (unsigned)_i);
	ck_assert(!rig_connect(&r));
	/* what is cut off by the next attempt proves nothing */
	ck_assert_msg(report.verdict == EF_VERDICT_OTHER_STARTS ||
			      report.verdict == EF_VERDICT_SILENT ||
			      report.verdict == EF_VERDICT_NONE,
		      "%d: %s", _i, r.err.msg);
	ck_assert_ptr_null(strstr(r.err.msg, "reset works"));
	rig_done(&r);
}
END_TEST

/* ---- inverted lines ---- */

static const uint32_t rises_us[] = { 100,    700,    7000,   60000,  300000, 450000, 500000,
				     550000, 600000, 650000, 700000, 800000, 900000 };
#define RISES ((int)(sizeof(rises_us) / sizeof(rises_us[0])))

/*
 * With the wrong polarity, a slow EN may rise while the next sequence holds BOOT low: the chip
 * says that it waits for download, and is reset before a SYNC can reach it.
 */
START_TEST(inverted_lines_are_no_cut_wire)
{
	struct sim_opts board = board_of(rig_chips[_i % RIG_CHIPS], SIM_CIRCUIT_INVERTED);
	struct rig r;

	board.en_rise_us = rises_us[_i % RISES];
	board.chatty_app = _i / RISES % 2;
	power(&r, &board, false);
	ck_assert_msg(rig_connect(&r), "EN rises in %u us: %s", board.en_rise_us, r.err.msg);
	ck_assert(report.is_inverted);
	ck_assert_ptr_null(strstr(report.strategy, "inverted"));
	rig_says(&r, "inverts DTR and RTS, or their wires are swapped");
	rig_done(&r);
}
END_TEST

/* ---- the final reset ---- */

/*
 * On a network port without USB ids the sequence for USB-Serial/JTAG is tried, too. On swapped
 * lines it reaches download mode, and the pulse that should end that pulls at BOOT.
 */
START_TEST(final_reset_takes_the_polarity_that_works)
{
	struct sim_opts board = board_of(rig_chips[_i / 4], SIM_CIRCUIT_AUTO);
	const struct ef_listen_opts listen = { .limit_ms = 1000 };
	struct ef_start start;
	struct rig r;

	board.bridge.swaps_lines = true;
	power(&r, &board, true);
	r.opts.no_stub = _i % 2;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(report.strategy, "usb-jtag-serial");
	ck_assert(!report.is_inverted);
	if (_i / 2 % 2) {
		ef_flasher_will_listen(r.f);
		ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
		ck_ok(ef_flasher_listen(r.f, &listen, &start, &r.err), &r.err);
		ck_assert_int_eq(start.state, EF_START_RUNNING);
		ck_assert(sim_is_running(r.sim));
	} else {
		leave(&r, board.chip, true);
	}
	/* a monitor that follows resets with this port */
	ck_assert_uint_eq(r.port->inverted, EF_DTR | EF_RTS);
	rig_says(&r, "inverts DTR and RTS, or their wires are swapped");
	rig_done(&r);
}
END_TEST

START_TEST(a_loader_that_stays_is_told)
{
	struct sim_opts board = board_of("esp32c6", SIM_CIRCUIT_NONE_DOWNLOAD);
	const struct ef_listen_opts listen = { .limit_ms = 1000 };
	struct ef_start start;
	struct rig r;

	power(&r, &board, false);
	/* a reset of ours came before the answer, but nothing shows that it had an effect */
	r.opts.reset_first = _i == 1;
	ck_ok(rig_connect(&r), &r.err);
	if (_i == 2)
		ef_flasher_will_listen(r.f);
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	if (_i != 2)
		rig_says(&r, "the reset had no effect");
	if (_i == 2) {
		ck_ok(ef_flasher_listen(r.f, &listen, &start, &r.err), &r.err);
		ck_assert_int_eq(start.state, EF_START_DOWNLOAD);
	}
	ck_assert(sim_is_download(r.sim));
	ck_assert_uint_eq(r.port->inverted, 0);
	rig_done(&r);
}
END_TEST

/* Bytes that are heard stay for the next reader; a slow or mute chip gets one SYNC. */
START_TEST(effect_of_a_reset)
{
	static const struct {
		enum sim_circuit circuit;
		enum sim_trouble trouble;
		enum ef_reset_effect effect;
		unsigned rise_us;
		bool is_remote; /* its words take longer, so they are waited for longer */
	} boards[] = {
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_NONE, EF_RESET_HEARD, 0, false },
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_NONE, EF_RESET_QUIET, 900000, false },
		{ SIM_CIRCUIT_NONE_DOWNLOAD, SIM_TROUBLE_NONE, EF_RESET_IN_VAIN, 0, false },
		{ SIM_CIRCUIT_INVERTED, SIM_TROUBLE_NONE, EF_RESET_HEARD, 0, false },
		{ SIM_CIRCUIT_NO_RX, SIM_TROUBLE_NONE, EF_RESET_QUIET, 0, false },
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_NONE, EF_RESET_QUIET, 200000, false },
		{ SIM_CIRCUIT_AUTO, SIM_TROUBLE_NONE, EF_RESET_HEARD, 200000, true },
	};
	struct sim_opts board = board_of("esp32", boards[_i].circuit);
	struct ef_reset_try how = { .loader_hz = 115200, .hear_hz = 115200 };
	enum ef_reset_effect effect;
	uint8_t text[64];
	struct ef_rom rom;
	struct rig r;
	size_t len;

	board.stub_running = true;
	board.trouble = boards[_i].trouble;
	board.en_rise_us = boards[_i].rise_us;
	rig_power(&r, &board);
	r.port->caps |= boards[_i].is_remote ? (unsigned)EF_PORT_REMOTE : 0u;
	how.reset = ef_reset_hard(r.port);
	ck_ok(ef_rom_init(&rom, r.port, &r.err), &r.err);
	ck_ok(ef_reset_try(&how, &rom, &effect, &r.err), &r.err);
	ck_assert_int_eq(effect, boards[_i].effect);
	ck_assert_uint_eq(r.port->inverted,
			  boards[_i].circuit == SIM_CIRCUIT_INVERTED ? EF_DTR | EF_RTS : 0u);
	if (effect == EF_RESET_HEARD) {
		ck_ok(ef_port_read(r.port, text, sizeof(text), 0, &len, &r.err), &r.err);
		ck_assert_uint_ge(len, 8);
		ck_assert_int_eq(memcmp(text, "ets Jul ", 8), 0);
	}
	ef_rom_release(&rom);
	rig_done(&r);
}
END_TEST

Suite *suite_lines(void);
Suite *suite_lines(void)
{
	Suite *s = suite_create("lines");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, every_wiring_behind_every_circuit, 0, RIG_CHIPS * WIRINGS);
	tcase_add_loop_test(t, a_start_by_hand_is_not_ours, 0, 200);
	tcase_add_loop_test(t, inverted_lines_are_no_cut_wire, 0, 2 * RISES);
	tcase_add_loop_test(t, final_reset_takes_the_polarity_that_works, 0, RIG_CHIPS * 4);
	tcase_add_loop_test(t, a_loader_that_stays_is_told, 0, 3);
	tcase_add_loop_test(t, effect_of_a_reset, 0, 7);
	suite_add_tcase(s, t);
	return s;
}
