/* SPDX-License-Identifier: MIT */
/* What lines and messages mean for the run: how often the user is told, and what ends it. */
#include <stdlib.h>

#include "ck_ef.h"

#include "base/util.h"
#include "monitor/show.h"

struct rig {
	struct ef_monitor_ends ends;
	struct ef_monitor_output output;
	struct run_clock clock;
	struct screen screen;
	struct report report;
	struct ending ending;
	struct verdict verdict;
	unsigned told[EF_MONITOR_END + 1];
	enum ef_code code;
	char text[256]; /* of the last event */
};

static void on_event(void *user, const struct ef_monitor_event *e)
{
	struct rig *r = user;

	r->told[e->kind]++;
	r->code = e->code;
	(void)ef_strlcpy(r->text, sizeof(r->text), e->text);
}

/* The caller set ends before. */
static void rig_open(struct rig *r)
{
	struct ef_err err = EF_ERR_INIT;

	r->output.fd = -1;
	ck_ok(screen_open(&r->screen, &r->output, &err), &err);
	r->report = (struct report){ &r->clock, &r->screen, on_event, r };
	r->verdict.clock = &r->clock;
	r->verdict.report = &r->report;
	r->verdict.ending = &r->ending;
	ck_ok(verdict_open(&r->verdict, &r->ends, &err), &err);
}

static void rig_close(struct rig *r)
{
	verdict_close(&r->verdict);
	screen_close(&r->screen);
}

static void reset_at(struct rig *r, uint64_t seconds)
{
	r->clock.now_us = seconds * 1000000u;
	verdict_line(&r->verdict, "rst:0xc (SW_CPU_RESET),boot:0x8 (SPI_FAST_FLASH_BOOT)");
}

/* The user is told about a loop at once, then once a minute, even if it begins at time 0. */
START_TEST(a_loop_is_told_again)
{
	static const struct {
		uint64_t seconds;
		unsigned told;
	} resets[] = {
		{ 0, 0 },   { 0, 0 },   { 0, 1 },               /* a loop */
		{ 10, 1 },  { 11, 1 },  { 12, 1 },              /* one that follows too soon */
		{ 57, 1 },  { 58, 1 },  { 59, 1 },              /* another */
		{ 59, 1 },  { 59, 1 },  { 60, 2 },              /* a minute later */
		{ 100, 2 }, { 111, 2 }, { 121, 2 }, { 132, 2 }, /* too slow */
		{ 142, 2 }, { 152, 3 }, { 153, 3 }, { 154, 3 }, /* within 20 s, again */
	};
	struct rig r = { .ends = { .loop_resets = 3, .loop_time_ms = 20000 } };

	rig_open(&r);
	for (size_t i = 0; i < EF_ARRAY_LEN(resets); i++) {
		reset_at(&r, resets[i].seconds);
		ck_assert_msg(r.told[EF_MONITOR_BOOT_LOOP] == resets[i].told, "reset %zu", i);
	}
	ck_assert_int_eq(r.code, EF_OK);
	ck_assert(!r.ending.is_done);
	rig_close(&r);
}
END_TEST

START_TEST(a_loop_ends_the_run)
{
	struct rig r = {
		.ends = { .loop_resets = 2, .loop_time_ms = 30000, .on_panic = EF_ON_PANIC_EXIT }
	};

	rig_open(&r);
	reset_at(&r, 1);
	ck_assert(!r.ending.is_done);
	reset_at(&r, 31);
	ck_assert(r.ending.is_done);
	ck_assert_int_eq(r.ending.err.code, EF_E_BOOT_LOOP);
	ck_assert_int_eq(r.code, EF_E_BOOT_LOOP);
	ck_assert_str_eq(r.text, "the chip restarts again and again: 2 resets in 30 s, the last "
				 "one by SW_CPU_RESET");
	rig_close(&r);
}
END_TEST

/* Resets by the user count neither as a loop nor as a crash. */
START_TEST(the_users_resets)
{
	struct rig r = { .ends = { .loop_resets = 2, .loop_time_ms = 30000 } };

	rig_open(&r);
	for (unsigned i = 0; i < 5; i++) {
		verdict_line(&r.verdict, "hello");
		verdict_user_reset(&r.verdict);
		verdict_line(&r.verdict, "rst:0x8 (TG1WDT_SYS_RST),boot:0x8 (SPI)");
	}
	ck_assert_uint_eq(r.told[EF_MONITOR_RESET], 5);
	ck_assert_uint_eq(r.told[EF_MONITOR_PANIC], 0);
	ck_assert_uint_eq(r.told[EF_MONITOR_BOOT_LOOP], 0);
	verdict_line(&r.verdict, "rst:0x8 (TG1WDT_SYS_RST),boot:0x8 (SPI)");
	ck_assert_uint_eq(r.told[EF_MONITOR_PANIC], 1);
	ck_assert_uint_eq(r.told[EF_MONITOR_BOOT_LOOP], 1);
	rig_close(&r);
}
END_TEST

/* A crash is reported once. It ends at its last line, at a reset or where text is missing. */
START_TEST(crashes_one_by_one)
{
	static const char crash[] = "abort() was called at PC 0x400d1234 on core 0";
	struct rig r = { .ends = { .loop_resets = 0 } };

	rig_open(&r);
	verdict_line(&r.verdict, crash);
	verdict_line(&r.verdict, crash);
	ck_assert(verdict_is_crash(&r.verdict, "registers"));
	ck_assert_uint_eq(r.told[EF_MONITOR_PANIC], 1);
	verdict_line(&r.verdict, "Rebooting...");
	ck_assert(!verdict_is_crash(&r.verdict, "registers"));
	ck_assert(verdict_is_crash(&r.verdict, crash));
	verdict_line(&r.verdict, crash);
	ck_assert_uint_eq(r.told[EF_MONITOR_PANIC], 2);
	reset_at(&r, 1);
	verdict_line(&r.verdict, crash);
	ck_assert_uint_eq(r.told[EF_MONITOR_PANIC], 3);
	verdict_gap(&r.verdict);
	verdict_line(&r.verdict, crash);
	ck_assert_uint_eq(r.told[EF_MONITOR_PANIC], 4);
	ck_assert(!r.ending.is_done && r.ending.err.code == EF_OK);
	rig_close(&r);
}
END_TEST

/* How long a crash is shown: heard is when the chip's last byte came, in seconds. */
static const struct {
	uint64_t now, heard;
	bool is_done;
} waits[] = {
	{ 3, 0, false },   { 3, 3, false },   { 4, 0, true },
	{ 15, 15, false }, { 15, 12, false }, { 16, 16, true },
};

START_TEST(the_rest_of_a_crash)
{
	struct rig r = { .ends = { .on_panic = EF_ON_PANIC_EXIT } };

	rig_open(&r);
	verdict_line(&r.verdict, "abort() was called at PC 0x400d1234 on core 0");
	ck_assert(!r.ending.is_done);
	ck_assert_int_eq(r.ending.err.code, EF_E_PANIC);
	r.clock.now_us = waits[_i].now * 1000000u;
	verdict_times(&r.verdict, waits[_i].heard * 1000000u);
	ck_assert_int_eq(r.ending.is_done, waits[_i].is_done);
	rig_close(&r);
}
END_TEST

START_TEST(the_time_limit)
{
	struct rig r = { .ends = { .timeout_ms = 2500 } };

	rig_open(&r);
	r.clock.now_us = 2499999;
	verdict_times(&r.verdict, 0);
	ck_assert(!r.ending.is_done);
	r.clock.now_us = 2500000;
	verdict_times(&r.verdict, 0);
	ck_assert(r.ending.is_done);
	ck_assert_int_eq(r.ending.err.code, EF_E_TIME_UP);
	ck_assert_str_eq(r.ending.err.msg, "nothing ended the monitor within 2.5 s");
	rig_close(&r);
}
END_TEST

START_TEST(the_time_limit_names_what_was_awaited)
{
	static const char *const until[] = { "ready", "done" };
	struct rig r = { .ends = { .timeout_ms = 2500,
				   .until = until,
				   .until_count = 2,
				   .until_mode = EF_UNTIL_ALL } };

	rig_open(&r);
	verdict_line(&r.verdict, "ready");
	r.clock.now_us = 2500000;
	verdict_times(&r.verdict, 0);
	ck_assert_int_eq(r.ending.err.code, EF_E_TIME_UP);
	ck_assert_str_eq(r.ending.err.msg, "'done' was not seen within 2.5 s");
	rig_close(&r);
}
END_TEST

/*
 * Boots that end: each row's lines come at once, and then the chip is silent for 11 s.
 * The lines are those of real ROMs and of ESP-IDF's bootloader.
 */
static const struct {
	const char *lines[5];
	enum ef_code code; /* OK: the run goes on */
	const char *msg;
} boots[] = {
	{ { "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
	    "Falling back to built-in command interpreter." },
	  EF_E_NOT_STARTED,
	  "the chip does not boot: 'Falling back to built-in command interpreter.'" },
	{ { "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)", "entry 0x403cc710",
	    "I (24) boot: ESP-IDF v5.1.2 2nd stage bootloader",
	    "E (114) boot: No bootable app partitions in the partition table" },
	  EF_E_NOT_STARTED,
	  "the chip does not boot: 'E (114) boot: No bootable app partitions in the partition "
	  "table'" },
	{ { "rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))",
	    "waiting for download" },
	  EF_E_NOT_STARTED,
	  "the chip waits for a download: 'waiting for download'" },
	/* a bootloader that is cut off */
	{ { "rst:0x1 (POWERON_RESET),boot:0x12 (SPI_FAST_FLASH_BOOT)", "load:0x3fff0030,len:7132",
	    "ho 0 tail 12 room 4", "load:0xffffffff,len:-1" },
	  EF_E_NOT_STARTED,
	  "the chip does not boot: 'load:0xffffffff,len:-1'" },
	/* the ROM tries again */
	{ { "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)", "invalid header: 0xffffffff",
	    "rst:0x10 (RTCWDT_RTC_RST),boot:0xc (SPI_FAST_FLASH_BOOT)", "entry 0x403cc710" },
	  EF_OK,
	  "" },
	/* an app that runs prints such words; another one is just silent */
	{ { "Falling back to built-in command interpreter." }, EF_OK, "" },
	{ { "waiting for download" }, EF_OK, "" },
	{ { "Hello" }, EF_OK, "" },
};

START_TEST(a_boot_that_ends)
{
	for (unsigned ends = 0; ends < 2; ends++) {
		struct rig r = { .ends = { .on_panic = ends ? EF_ON_PANIC_EXIT
							    : EF_ON_PANIC_GO_ON } };
		bool is_over = ends && boots[_i].code != EF_OK;

		rig_open(&r);
		for (size_t i = 0; i < 5 && boots[_i].lines[i]; i++)
			verdict_line(&r.verdict, boots[_i].lines[i]);
		r.clock.now_us = 10000000;
		verdict_times(&r.verdict, 0);
		ck_assert(!r.ending.is_done);
		r.clock.now_us = 10000001;
		verdict_times(&r.verdict, 0);
		ck_assert_int_eq(r.ending.is_done, is_over);
		ck_assert_int_eq(r.ending.err.code, is_over ? boots[_i].code : EF_OK);
		ck_assert_str_eq(r.ending.err.msg, is_over ? boots[_i].msg : "");
		rig_close(&r);
	}
}
END_TEST

/* The time limit says so, too; what was before a reset by the user doesn't count. */
START_TEST(a_boot_that_ends_in_time)
{
	struct rig r = { .ends = { .timeout_ms = 2500 } };

	rig_open(&r);
	for (size_t i = 0; i < 2; i++)
		verdict_line(&r.verdict, boots[2].lines[i]);
	r.clock.now_us = 2500000;
	verdict_times(&r.verdict, 0);
	ck_assert_str_eq(r.ending.err.msg, "nothing ended the monitor within 2.5 s; the chip waits "
					   "for a download: 'waiting for download'");
	rig_close(&r);
	r = (struct rig){ .ends = { .on_panic = EF_ON_PANIC_EXIT } };
	rig_open(&r);
	for (size_t i = 0; i < 2; i++)
		verdict_line(&r.verdict, boots[2].lines[i]);
	verdict_user_reset(&r.verdict);
	r.clock.now_us = 20000000;
	verdict_times(&r.verdict, 0);
	ck_assert(!r.ending.is_done);
	rig_close(&r);
}
END_TEST

/* Patterns end a run once; not while a crash is shown, and not after the end. */
START_TEST(patterns_end_once)
{
	static const char *const until[] = { "ready" }, *const fail[] = { "bad" };
	struct rig r = {
		.ends = { .until = until, .until_count = 1, .fail = fail, .fail_count = 1 }
	};
	struct rig after = r;

	rig_open(&r);
	verdict_line(&r.verdict, "ready");
	verdict_line(&r.verdict, "bad");
	ck_assert_str_eq(r.ending.reason, "'ready' was seen: ready");
	ck_assert_int_eq(r.ending.err.code, EF_OK);
	rig_close(&r);
	rig_open(&after);
	verdict_line(&after.verdict, "abort() was called at PC 0x400d1234 on core 0");
	verdict_line(&after.verdict, "ready, bad");
	ck_assert(!after.ending.is_done);
	verdict_line(&after.verdict, "Rebooting...");
	ck_assert(after.ending.is_done);
	ck_assert_int_eq(after.ending.err.code, EF_E_PANIC);
	after.ending.is_closed = true;
	verdict_line(&after.verdict, "bad");
	ck_assert_int_eq(after.ending.err.code, EF_E_PANIC);
	rig_close(&after);
}
END_TEST

/* A format may put text around the message of a record; patterns match with and without it. */
START_TEST(patterns_on_records)
{
	static const char *const until[] = { "^ready$", "^<ready>$", "^ready>$" };
	const struct ef_defmt_record record = { .level = EF_DEFMT_INFO,
						.timestamp = "",
						.message = "ready",
						.crate = "app",
						.module = "",
						.file = "" };
	struct rig r = { .ends = { .until = &until[_i], .until_count = 1 } };
	struct ef_defmt_format *format = NULL;
	struct log_copy copy = { .opts = { .fd = -1 } };
	struct ef_err err = EF_ERR_INIT;
	struct explain explain;
	struct show *show = calloc(1, sizeof(*show));

	ck_assert_ptr_nonnull(show);
	rig_open(&r);
	explain_init(&explain, &r.report, &r.screen, &copy);
	*show = (struct show){ .screen = &r.screen,
			       .copy = &copy,
			       .report = &r.report,
			       .verdict = &r.verdict,
			       .explain = &explain,
			       .ending = &r.ending,
			       .line.is_new = true,
			       .stamp.clock = &r.clock };
	ck_ok(ef_defmt_format_parse("<{s}>", &format, &err), &err);
	show_record(show, &record, format, 0);
	ck_assert_uint_eq(r.told[EF_MONITOR_RECORD], 1);
	ck_assert_int_eq(r.ending.is_done, _i < 2);
	ef_defmt_format_free(format);
	explain_close(&explain);
	rig_close(&r);
	free(show);
}
END_TEST

Suite *suite_monitor_verdict(void);
Suite *suite_monitor_verdict(void)
{
	Suite *s = suite_create("monitor_verdict");
	TCase *t = tcase_create("all");

	tcase_add_test(t, a_loop_is_told_again);
	tcase_add_test(t, a_loop_ends_the_run);
	tcase_add_test(t, the_users_resets);
	tcase_add_test(t, crashes_one_by_one);
	tcase_add_loop_test(t, the_rest_of_a_crash, 0, EF_ARRAY_LEN(waits));
	tcase_add_test(t, the_time_limit);
	tcase_add_test(t, the_time_limit_names_what_was_awaited);
	tcase_add_loop_test(t, a_boot_that_ends, 0, EF_ARRAY_LEN(boots));
	tcase_add_test(t, a_boot_that_ends_in_time);
	tcase_add_test(t, patterns_end_once);
	tcase_add_loop_test(t, patterns_on_records, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
