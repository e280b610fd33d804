/* SPDX-License-Identifier: MIT */
/*
 * Causes of failed connections against the verdicts that they get, in virtual
 * time: each cause its own verdict and no other's, on every chip, and healthy
 * boards none (more of those: test_healthy.c). Then what the loop does besides:
 * waits for hands, follows a port, stays within its bound.
 */
#include "cli/table/verdict_words.h"
#include "flasher_rig.h"

static const char *const chips[] = { "esp32",   "esp32s2", "esp32s3", "esp32c2",
				     "esp32c3", "esp32c5", "esp32c6", "esp32c61",
				     "esp32h2", "esp32p4", "esp32s31" };
#define CHIPS ((int)(sizeof(chips) / sizeof(chips[0])))

struct cause {
	const char *name;
	struct sim_opts board;
	enum ef_verdict verdict; /* NONE: it connects */
	const char *words;       /* of the message */
	bool no_lines, usb_only;
};

#define B .is_paced = true, .circuit
static const struct cause causes[] = {
	/* healthy ones, and ones that only look ill */
	{ "healthy", { B = SIM_CIRCUIT_AUTO }, EF_VERDICT_NONE, "", 0, 0 },
	{ "healthy, chatters",
	  { B = SIM_CIRCUIT_AUTO, .chatty_app = true },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "healthy, bootloader alone",
	  { B = SIM_CIRCUIT_AUTO, .boot.is_factory = true },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "healthy, crashes",
	  { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_WATCHDOG },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "healthy, weak supply in the app",
	  { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_BROWNOUT },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "healthy, mute ROM",
	  { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_MUTE_ROM },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "healthy, other crystal",
	  { B = SIM_CIRCUIT_AUTO, .rom_rate_hz = 74880 },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "EN rises in 0.1 ms",
	  { B = SIM_CIRCUIT_AUTO, .en_rise_us = 100 },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "EN rises in 60 ms",
	  { B = SIM_CIRCUIT_AUTO, .en_rise_us = 60000 },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "EN rises in 500 ms",
	  { B = SIM_CIRCUIT_AUTO, .en_rise_us = 500000 },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "EN rises in 900 ms",
	  { B = SIM_CIRCUIT_AUTO, .en_rise_us = 900000 },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "inverters", { B = SIM_CIRCUIT_INVERTED }, EF_VERDICT_NONE, "", 0, 0 },
	{ "unwired, in download mode",
	  { B = SIM_CIRCUIT_NONE_DOWNLOAD },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  0 },
	{ "native USB", { B = SIM_CIRCUIT_USB_JTAG }, EF_VERDICT_NONE, "", 0, true },
	{ "native USB, chatters",
	  { B = SIM_CIRCUIT_USB_JTAG, .chatty_app = true },
	  EF_VERDICT_NONE,
	  "",
	  0,
	  true },
	/* ill ones */
	{ "RX cut", { B = SIM_CIRCUIT_NO_RX }, EF_VERDICT_SILENT, "no byte came back", 0, 0 },
	{ "RX cut, chatters",
	  { B = SIM_CIRCUIT_NO_RX, .chatty_app = true },
	  EF_VERDICT_SILENT,
	  "no byte came back",
	  0,
	  0 },
	{ "TX cut", { B = SIM_CIRCUIT_NO_TX }, EF_VERDICT_NO_SYNC_REPLY, "does not hear us", 0, 0 },
	{ "TX cut, chatters",
	  { B = SIM_CIRCUIT_NO_TX, .chatty_app = true },
	  EF_VERDICT_NO_SYNC_REPLY,
	  "does not hear us",
	  0,
	  0 },
	{ "TX cut, EN slow",
	  { B = SIM_CIRCUIT_NO_TX, .en_rise_us = 300000 },
	  EF_VERDICT_NO_SYNC_REPLY,
	  "does not hear us",
	  0,
	  0 },
	{ "IO0 unwired",
	  { B = SIM_CIRCUIT_NO_BOOT, .chatty_app = true },
	  EF_VERDICT_FLASH_BOOT,
	  "boots from flash: its boot pin",
	  0,
	  0 },
	{ "IO0 unwired, crashes",
	  { B = SIM_CIRCUIT_NO_BOOT, .trouble = SIM_TROUBLE_WATCHDOG, .chatty_app = true },
	  EF_VERDICT_FLASH_BOOT,
	  "boots from flash",
	  0,
	  0 },
	{ "IO0 unwired, mute ROM",
	  { B = SIM_CIRCUIT_NO_BOOT, .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  EF_VERDICT_FLASH_BOOT,
	  "boots from flash",
	  0,
	  0 },
	{ "IO0 unwired, empty",
	  { B = SIM_CIRCUIT_NO_BOOT },
	  EF_VERDICT_EMPTY_FLASH,
	  "which is empty",
	  0,
	  0 },
	{ "IO0 unwired, brown-out",
	  { B = SIM_CIRCUIT_NO_BOOT, .trouble = SIM_TROUBLE_BROWNOUT, .chatty_app = true },
	  EF_VERDICT_BROWNOUT,
	  "brown-out: the supply fell too low",
	  0,
	  0 },
	{ "strap",
	  { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_STRAP, .chatty_app = true },
	  EF_VERDICT_BOOT_MODE,
	  "(download needs it ",
	  0,
	  0 },
	{ "supply fails at once",
	  { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_BROWNOUT_ALWAYS },
	  EF_VERDICT_BROWNOUT,
	  "supply is too weak",
	  0,
	  0 },
	{ "unwired, brown-out",
	  { B = SIM_CIRCUIT_NONE, .trouble = SIM_TROUBLE_BROWNOUT },
	  EF_VERDICT_BROWNOUT,
	  "supply is too weak",
	  0,
	  0 },
	{ "watchdog in download mode",
	  { B = SIM_CIRCUIT_AUTO, .trouble = SIM_TROUBLE_DOWNLOAD_WATCHDOG },
	  EF_VERDICT_DOWNLOAD_RESTARTS,
	  "RTC watchdog",
	  0,
	  0 },
	{ "unwired, crashes",
	  { B = SIM_CIRCUIT_NONE, .trouble = SIM_TROUBLE_WATCHDOG, .chatty_app = true },
	  EF_VERDICT_WATCHDOG,
	  "restarts by itself",
	  0,
	  0 },
	{ "unwired, empty",
	  { B = SIM_CIRCUIT_NONE },
	  EF_VERDICT_WATCHDOG,
	  "its flash is empty, so that is normal",
	  0,
	  0 },
	{ "unwired, chatters",
	  { B = SIM_CIRCUIT_NONE, .chatty_app = true },
	  EF_VERDICT_APP_UNAFFECTED,
	  "DTR and RTS don't reach",
	  0,
	  0 },
	{ "unwired, chatters, mute ROM",
	  { B = SIM_CIRCUIT_NONE, .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  EF_VERDICT_APP_UNAFFECTED,
	  "DTR and RTS don't reach",
	  0,
	  0 },
	{ "unwired, chatters at 9600",
	  { B = SIM_CIRCUIT_NONE, .chatty_app = true, .app_rate_hz = 9600 },
	  EF_VERDICT_APP_UNAFFECTED,
	  "readable at 9600 baud",
	  0,
	  0 },
	{ "no lines, chatters",
	  { B = SIM_CIRCUIT_NONE, .chatty_app = true },
	  EF_VERDICT_APP_UNAFFECTED,
	  "no lines to reset",
	  true,
	  0 },
	{ "loop", { B = SIM_CIRCUIT_ECHO }, EF_VERDICT_ECHO, "our own bytes", 0, 0 },
	{ "IO0 unwired, other crystal",
	  { B = SIM_CIRCUIT_NO_BOOT, .rom_rate_hz = 74880 },
	  EF_VERDICT_OTHER_RATE,
	  "readable at 74880 baud",
	  0,
	  0 },
	{ "noise",
	  { B = SIM_CIRCUIT_AUTO, .faults = { .max_rate_hz = 1 } },
	  EF_VERDICT_GARBAGE,
	  "neither text nor an answer",
	  0,
	  0 },
	{ "USB busy",
	  { B = SIM_CIRCUIT_USB_BUSY, .chatty_app = true, .trouble = SIM_TROUBLE_MUTE_ROM },
	  EF_VERDICT_USB_BUSY,
	  "the chip's own USB port",
	  0,
	  true },
	{ "USB flaps",
	  { B = SIM_CIRCUIT_USB_BUSY, .chatty_app = true, .trouble = SIM_TROUBLE_FLAP },
	  EF_VERDICT_PORT_FLAPS,
	  "goes away and comes back",
	  0,
	  true },
};
#define CAUSES ((int)(sizeof(causes) / sizeof(causes[0])))

static void power(struct rig *r, const struct cause *cause, const char *chip)
{
	struct sim_opts board = cause->board;

	board.chip = chip;
	rig_power(r, &board);
	if (cause->no_lines)
		r->port->caps &= ~(unsigned)EF_PORT_HAS_LINES;
	/* what power-on printed is history */
	ck_ok(ef_port_sleep_us(r->port, 500000, &r->err) && ef_port_discard(r->port, &r->err),
	      &r->err);
}

static bool has_usb_jtag(const char *chip)
{
	return strcmp(chip, "esp32") != 0 && strcmp(chip, "esp32s2") != 0 &&
	       strcmp(chip, "esp32c2") != 0;
}

START_TEST(each_cause_gets_its_verdict)
{
	const struct cause *cause = &causes[_i % CAUSES];
	const char *chip = chips[_i / CAUSES];
	static struct ef_connect_report report;
	uint64_t start;
	struct rig r;

	if (cause->usb_only && !has_usb_jtag(chip))
		return;
	/* 26 MHz is a C2's usual crystal, and its log too slow for this watchdog */
	if (strcmp(chip, "esp32c2") == 0 && (cause->verdict == EF_VERDICT_OTHER_RATE ||
					     cause->verdict == EF_VERDICT_DOWNLOAD_RESTARTS))
		return;
	power(&r, cause, chip);
	r.opts.report = &report;
	start = sim_now_us(r.sim);
	if (cause->verdict == EF_VERDICT_NONE) {
		ck_assert_msg(rig_connect(&r), "%s, %s: %s", chip, cause->name, r.err.msg);
		ck_assert_int_eq(report.verdict, EF_VERDICT_NONE);
		rig_done(&r);
		return;
	}
	ck_assert_msg(!rig_connect(&r), "%s connects: %s", chip, cause->name);
	ck_assert_msg(report.verdict == cause->verdict, "%s, %s: %s, not %s: %s", chip, cause->name,
		      ef_verdict_info(report.verdict)->name, ef_verdict_info(cause->verdict)->name,
		      r.err.msg);
	ck_assert_msg(strstr(r.err.msg, cause->words) != NULL, "%s, %s: %s", chip, cause->name,
		      r.err.msg);
	ck_assert_int_eq(r.err.code, ef_verdict_info(cause->verdict)->code);
	ck_assert_uint_gt(strlen(ck_hint(&r.err)), 10);
	ck_assert_uint_lt(strlen(r.err.msg), EF_ERR_MSG_SIZE - 1);
	ck_assert_uint_lt(strlen(ck_hint(&r.err)), HINT_WORDS_SIZE - 1);
	/* the bound: 10 s, and what one SYNC or one reset takes more */
	ck_assert_msg(sim_now_us(r.sim) - start < 12000000, "%s, %s: %llu us", chip, cause->name,
		      (unsigned long long)(sim_now_us(r.sim) - start));
	ck_assert_uint_le(report.evidence.took_us, 12000000);
	rig_done(&r);
}
END_TEST

/* No verdict of the connect loop is without a cause that was tried. */
START_TEST(every_verdict_of_the_loop_has_a_cause)
{
	for (int v = EF_VERDICT_SILENT; v < EF_VERDICT_STUB_REFUSED; v++) {
		/* in test_diagnose.c; in test_lines.c */
		bool is_there = v == EF_VERDICT_ESP8266 || v == EF_VERDICT_OTHER_STARTS;

		for (int i = 0; i < CAUSES; i++)
			is_there |= (int)causes[i].verdict == v;
		ck_assert_msg(is_there, "no cause for %s",
			      ef_verdict_info((enum ef_verdict)v)->name);
	}
}
END_TEST

START_TEST(table_is_whole)
{
	for (int i = 0; i < EF_VERDICT_COUNT; i++) {
		const struct ef_verdict_info *v = ef_verdict_info((enum ef_verdict)i);
		const struct verdict_words *w = verdict_words((enum ef_verdict)i);

		ck_assert_int_eq(v->verdict, i);
		ck_assert(v->name && v->what);
		ck_assert_int_eq(w->verdict, i);
		ck_assert(w->title && w->signature && w->next);
		ck_assert_int_ne(v->code, EF_OK);
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(v->name, ef_verdict_info((enum ef_verdict)k)->name);
	}
	ck_assert_int_eq(ef_verdict_info((enum ef_verdict)999)->verdict, EF_VERDICT_NONE);
}
END_TEST

/* ---- attempts are on record ---- */

START_TEST(attempts_are_recorded_with_their_times)
{
	static const struct sim_opts board = {
		.chip = "esp32", .circuit = SIM_CIRCUIT_NO_TX, .is_paced = true, .en_rise_us = 30000
	};
	static struct ef_connect_report report;
	const struct ef_attempt *a = report.evidence.attempt;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(ef_port_sleep_us(r.port, 5000000, &r.err) && ef_port_discard(r.port, &r.err), &r.err);
	r.opts.report = &report;
	ck_assert(!rig_connect(&r));
	ck_assert_uint_eq(report.evidence.attempts, 8);
	ck_assert_str_eq(a[0].strategy, "");
	ck_assert_str_eq(a[1].strategy, "unix-tight-quick");
	ck_assert_str_eq(a[6].strategy, "unix-tight-extra");
	ck_assert_int_eq(a[1].seen, EF_VERDICT_NO_SYNC_REPLY);
	ck_assert_uint_ge(a[1].start_us, 15000);
	/* 10 ms hold, 30 ms rise, 0.5 ms to the banner */
	ck_assert_uint_ge(a[1].first_us, 40000);
	ck_assert_uint_le(a[1].first_us, 60000);
	ck_assert_uint_ge(a[1].bytes, 100);
	ck_assert_int_eq(memcmp(a[1].head, "ets Jul", 7), 0);
	ck_assert_uint_eq(a[1].syncs, 20); /* 500 ms, one every 25 ms */
	ck_assert_uint_ge(report.evidence.boots.downloads, 6);
	ck_assert_uint_ge(report.evidence.rx.marks, 1);
	rig_done(&r);
}
END_TEST

/* ---- what worked is told, and tried first ---- */

START_TEST(what_worked_is_tried_first)
{
	static const struct sim_opts board = { .chip = "esp32c3",
					       .circuit = SIM_CIRCUIT_AUTO,
					       .is_paced = true,
					       .en_rise_us = 800000 };
	static struct ef_connect_report report;
	unsigned before;
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(report.strategy, "unix-tight-extra");
	ck_assert_uint_gt(report.evidence.resets, 4);
	rig_done(&r);

	rig_power(&r, &board);
	before = sim_resets(r.sim);
	r.opts.report = &report;
	r.opts.first_strategy = "unix-tight-extra";
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(report.evidence.resets, 1);
	ck_assert_uint_eq(sim_resets(r.sim) - before, 1);
	rig_done(&r);
}
END_TEST

START_TEST(own_sequence_is_the_only_one)
{
	static const struct sim_opts board = { .chip = "esp32",
					       .circuit = SIM_CIRCUIT_AUTO,
					       .is_paced = true,
					       .en_rise_us = 1200000 };
	static struct ef_connect_report report;
	struct ef_reset own;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(ef_reset_parse("D0|R1|W0.1|D1|R0|W1.5|D0", &own, &r.err), &r.err);
	r.opts.reset = &own;
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(report.strategy, "custom");
	ck_assert_uint_eq(report.evidence.resets, 1);
	rig_done(&r);
}
END_TEST

START_TEST(reset_delay_makes_the_first_attempt_fit)
{
	static const struct sim_opts board = {
		.chip = "esp32", .circuit = SIM_CIRCUIT_AUTO, .is_paced = true, .en_rise_us = 700000
	};
	static struct ef_connect_report report;
	struct rig r;

	rig_power(&r, &board);
	r.opts.reset_delay.is_set = true;
	r.opts.reset_delay.ms = 800;
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(report.strategy, "unix-tight-quick");
	rig_done(&r);
}
END_TEST

START_TEST(inverted_lines_stay_inverted)
{
	static const struct sim_opts board = { .chip = "esp32c3",
					       .circuit = SIM_CIRCUIT_INVERTED,
					       .is_paced = true,
					       .chatty_app = true };
	static struct ef_connect_report report;
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(report.is_inverted);
	/* the reset into the application needs it, too */
	ck_ok(ef_flasher_finish(r.f, EF_AFTER_HARD_RESET, &r.err), &r.err);
	ck_ok(ef_port_sleep_us(r.port, 500000, &r.err), &r.err);
	ck_assert(sim_is_running(r.sim));
	rig_done(&r);
}
END_TEST

/* ---- hands, and waiting ---- */

static const struct sim_opts unwired = {
	.chip = "esp32", .circuit = SIM_CIRCUIT_NONE, .chatty_app = true, .is_paced = true
};

START_TEST(waits_for_hands)
{
	struct rig r;

	rig_power(&r, &unwired);
	ck_ok(ef_port_sleep_us(r.port, 500000, &r.err), &r.err);
	if (_i == 0)
		r.opts.has_hands = true; /* for as long as hands need, not the loop's 10 s */
	else
		r.opts.wait_ms = 60000;
	sim_press_buttons_at(r.sim, sim_now_us(r.sim) + (_i == 0 ? 30000000 : 50000000));
	ck_ok(rig_connect(&r), &r.err);
	rig_says(&r, "hold BOOT, press RESET, release both: waiting");
	rig_done(&r);
}
END_TEST

START_TEST(does_not_wait_unasked)
{
	struct rig r;
	uint64_t start;

	rig_power(&r, &unwired);
	start = sim_now_us(r.sim);
	sim_press_buttons_at(r.sim, start + 9000000);
	ck_assert(!rig_connect(&r));
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 9000000);
	rig_does_not_say(&r, "waiting");
	rig_done(&r);
}
END_TEST

START_TEST(bound_holds)
{
	struct rig r;
	uint64_t start;

	rig_power(&r, &unwired);
	start = sim_now_us(r.sim);
	r.opts.has_hands = true;
	r.opts.timeout_ms = _i == 0 ? 2000 : 30000;
	r.opts.attempts = _i == 0 ? 0 : 100;
	ck_assert(!rig_connect(&r));
	ck_assert_uint_ge(sim_now_us(r.sim) - start, r.opts.timeout_ms * 1000ull);
	ck_assert_uint_lt(sim_now_us(r.sim) - start, r.opts.timeout_ms * 1000ull + 1500000);
	rig_done(&r);
}
END_TEST

/* ---- the stub ---- */

START_TEST(stub_goes_in_smaller_blocks_where_long_ones_arrive_damaged)
{
	struct sim_opts board = { .chip = chips[_i], .is_paced = true };
	struct rig r;

	if (!ef_stub_count())
		return;
	board.faults.mem_block_max = 0x400;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	rig_says(&r, "smaller blocks");
	rig_done(&r);
}
END_TEST

START_TEST(stub_that_never_arrives_is_refused_in_words)
{
	struct sim_opts board = { .chip = chips[_i], .is_paced = true };
	static struct ef_connect_report report;
	struct rig r;

	if (!ef_stub_count())
		return;
	board.faults.mem_block_max = 1;
	rig_power(&r, &board);
	r.opts.report = &report;
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(report.verdict, EF_VERDICT_STUB_REFUSED);
	ck_assert_int_eq(r.err.code, EF_E_PROTOCOL);
	ck_assert_msg(strstr(r.err.msg, "flasher stub arrives damaged") != NULL, "%s", r.err.msg);
	ck_assert_msg(strstr(ck_hint(&r.err), "--no-stub") != NULL, "%s", ck_hint(&r.err));
	rig_done(&r);
}
END_TEST

Suite *suite_verdicts(void);
Suite *suite_verdicts(void)
{
	Suite *s = suite_create("verdicts");
	TCase *t = tcase_create("causes");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, each_cause_gets_its_verdict, 0, CAUSES * CHIPS);
	tcase_add_test(t, every_verdict_of_the_loop_has_a_cause);
	tcase_add_test(t, table_is_whole);
	suite_add_tcase(s, t);
	t = tcase_create("loop");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, attempts_are_recorded_with_their_times);
	tcase_add_test(t, what_worked_is_tried_first);
	tcase_add_test(t, own_sequence_is_the_only_one);
	tcase_add_test(t, reset_delay_makes_the_first_attempt_fit);
	tcase_add_test(t, inverted_lines_stay_inverted);
	tcase_add_loop_test(t, waits_for_hands, 0, 2);
	tcase_add_test(t, does_not_wait_unasked);
	tcase_add_loop_test(t, bound_holds, 0, 2);
	tcase_add_loop_test(t, stub_goes_in_smaller_blocks_where_long_ones_arrive_damaged, 0,
			    CHIPS);
	tcase_add_loop_test(t, stub_that_never_arrives_is_refused_in_words, 0, CHIPS);
	suite_add_tcase(s, t);
	return s;
}
