/* SPDX-License-Identifier: MIT */
/*
 * Causes of failed connections against the verdicts that they get, in virtual
 * time: each cause its own verdict and no other's, on every chip, and healthy
 * boards none (more of those: test_healthy.c). What the loop does besides:
 * test_connect_loop.c.
 */
#include "cli/table/verdict_words.h"
#include "flasher_rig.h"

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
	const char *chip = rig_chips[_i / CAUSES];
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

Suite *suite_verdicts(void);
Suite *suite_verdicts(void)
{
	Suite *s = suite_create("verdicts");
	TCase *t = tcase_create("causes");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, each_cause_gets_its_verdict, 0, CAUSES * RIG_CHIPS);
	tcase_add_test(t, every_verdict_of_the_loop_has_a_cause);
	tcase_add_test(t, table_is_whole);
	suite_add_tcase(s, t);
	return s;
}
