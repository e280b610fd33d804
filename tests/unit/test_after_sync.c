/* SPDX-License-Identifier: MIT */
/*
 * Verdicts on chips that answered: no flash, secure download mode, a loader
 * that is gone right after SYNC. And on applications that only seem to be
 * restarted by our resets.
 */
#include "flasher/connect_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

static const char *const chips[] = { "esp32", "esp32c3", "esp32s3", "esp32p4" };
#define CHIPS (int)(sizeof(chips) / sizeof(chips[0]))

/* ---- no flash ---- */

static bool sink(void *user, const uint8_t *data, size_t len, struct ef_err *err)
{
	(void)user;
	(void)data;
	(void)len;
	(void)err;
	return true;
}

static void ck_verdict(struct rig *r, enum ef_verdict verdict)
{
	ck_assert_int_eq(r->err.code, ef_verdict_info(verdict)->code);
	ck_assert_uint_gt(strlen(ck_hint(&r->err)), 10);
	ck_assert_int_eq(r->opts.report->verdict, verdict);
	ef_err_clear(&r->err);
	r->opts.report->verdict = EF_VERDICT_NONE;
}

START_TEST(work_on_no_flash_ends_at_once)
{
	const struct sim_opts board = { .chip = chips[_i % CHIPS], .flash_size = SIM_NO_FLASH };
	const struct ef_region region = {
		.label = "x", .addr = 0x10000, .data = (const uint8_t *)"data", .len = 4
	};
	const struct ef_write_opts opts = { 0 };
	static struct ef_connect_report report;
	struct ef_write_stats stats;
	uint8_t md5[16];
	struct rig r;
	uint64_t start;

	rig_power(&r, &board);
	r.opts.report = &report;
	r.opts.no_stub = _i >= CHIPS;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_int_eq(report.verdict, EF_VERDICT_NONE);
	rig_says(&r, "flash chip does not answer");
	start = sim_now_us(r.sim);
	ck_assert(!ef_flasher_read(r.f, 0, 16, sink, NULL, &r.err));
	ck_verdict(&r, EF_VERDICT_NO_FLASH);
	ck_assert(!ef_flasher_md5(r.f, 0, 16, md5, &r.err));
	ck_verdict(&r, EF_VERDICT_NO_FLASH);
	ck_assert(!plain_erase_region(r.f, 0, 0x1000, NULL, &r.err));
	ck_verdict(&r, EF_VERDICT_NO_FLASH);
	ck_assert(!plain_erase_all(r.f, &r.err));
	ck_verdict(&r, EF_VERDICT_NO_FLASH);
	ck_assert(!plain_write(r.f, &region, 1, &opts, &stats, &r.err));
	ck_verdict(&r, EF_VERDICT_NO_FLASH);
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 1000); /* nothing was asked */
	rig_done(&r);
}
END_TEST

/* ---- secure download mode ---- */

START_TEST(reading_in_secure_download_mode_has_its_verdict)
{
	const struct sim_opts board = { .chip = "esp32c3", .secure_download = true };
	static struct ef_connect_report report;
	uint8_t md5[16];
	struct rig r;

	rig_power(&r, &board);
	r.opts.report = &report;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(!ef_flasher_read(r.f, 0, 16, sink, NULL, &r.err));
	ck_verdict(&r, EF_VERDICT_SECURE_DOWNLOAD);
	ck_assert(!ef_flasher_md5(r.f, 0, 16, md5, &r.err));
	ck_verdict(&r, EF_VERDICT_SECURE_DOWNLOAD);
	rig_done(&r);
}
END_TEST

/* ---- gone after SYNC ---- */

static const struct {
	enum sim_trouble trouble;
	enum ef_verdict verdict;
	const char *evidence;
} ends[] = {
	{ SIM_TROUBLE_BROWNOUT_ALWAYS, EF_VERDICT_BROWNOUT, "rst:0xf" },
	{ SIM_TROUBLE_DOWNLOAD_WATCHDOG, EF_VERDICT_DOWNLOAD_RESTARTS, "rst:0x" },
};

/* Without pacing the loader has time for an answer before its end. */
START_TEST(what_ended_the_loader_is_told)
{
	const struct sim_opts board = { .chip = chips[_i % CHIPS],
					.trouble = ends[_i / CHIPS].trouble };
	static struct ef_connect_report report;
	struct rig r;
	uint64_t start;

	rig_power(&r, &board);
	r.opts.report = &report;
	start = sim_now_us(r.sim);
	ck_assert(!rig_connect(&r));
	rig_says(&r, "connecting again"); /* it did answer */
	ck_assert_msg(report.verdict == ends[_i / CHIPS].verdict, "%s: %s", board.chip, r.err.msg);
	ck_assert_int_eq(r.err.code, EF_E_POWER);
	ck_assert_msg(strstr(r.err.msg, ends[_i / CHIPS].evidence) != NULL, "%s", r.err.msg);
	ck_assert_uint_lt(sim_now_us(r.sim) - start, 15000000);
	rig_done(&r);
}
END_TEST

/* ---- a brownout before the answer, and no answer to anything but SYNC ---- */

static struct {
	const char *say; /* arrives before anything else */
	bool was_synced; /* since the last reset */
} dying;

static bool dying_lines(struct ef_port *port, unsigned mask, unsigned value, struct ef_err *err)
{
	dying.was_synced = false;
	return tap_real->set_lines(port, mask, value, err);
}

static bool dying_write(struct ef_port *port, const uint8_t *data, size_t len, uint64_t deadline_us,
			struct ef_err *err)
{
	if (len >= 10 && !tap_is_request(data, len, EF_OP_SYNC))
		return true;
	if (!dying.was_synced)
		dying.say = "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x4 (DOWNLOAD)\r\n";
	dying.was_synced = true;
	return tap_real->write(port, data, len, deadline_us, err);
}

static bool dying_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		       size_t *ret_len, struct ef_err *err)
{
	if (!dying.say)
		return tap_real->read(port, buf, cap, deadline_us, ret_len, err);
	*ret_len = strlen(dying.say) < cap ? strlen(dying.say) : cap;
	memcpy(buf, dying.say, *ret_len);
	dying.say = NULL;
	return true;
}

/* What the chip printed before it answered is not a sign of what ended the loader. */
START_TEST(log_begins_with_the_answer)
{
	const struct sim_opts board = { .chip = chips[_i] };
	static struct ef_connect_report report;
	struct ef_port_ops *ops;
	struct rig r;

	memset(&dying, 0, sizeof(dying));
	rig_power(&r, &board);
	r.opts.report = &report;
	ops = tap_open(r.port);
	ops->read = dying_read;
	ops->write = dying_write;
	ops->set_lines = dying_lines;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	rig_says(&r, "connecting again"); /* it did answer */
	ck_assert_int_eq(report.verdict, EF_VERDICT_NONE);
	ck_assert_int_eq(r.err.code, EF_E_TIMEOUT);
	rig_done(&r);
}
END_TEST

/* ---- a port that goes away for good ---- */

static bool gone_read(struct ef_port *port, uint8_t *buf, size_t cap, uint64_t deadline_us,
		      size_t *ret_len, struct ef_err *err)
{
	(void)port;
	(void)buf;
	(void)cap;
	(void)deadline_us;
	(void)ret_len;
	return ef_fail(err, EF_E_PORT, "it was unplugged");
}

static bool gone_reopen(struct ef_port *port, uint64_t deadline_us, struct ef_err *err)
{
	uint64_t now_us = tap_real->now_us(port);

	if (now_us < deadline_us && !tap_real->sleep_us(port, deadline_us - now_us, err))
		return false;
	return ef_fail(err, EF_E_PORT, "it has not come back");
}

/* The error names why the device went, not that it was not plugged in again. */
START_TEST(first_error_of_a_port_is_told)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	struct ef_port_ops *ops;
	struct rig r;

	rig_power(&r, &board);
	ops = tap_open(r.port);
	ops->read = gone_read;
	ops->reopen = gone_reopen;
	ck_assert(!rig_connect(&r));
	tap_close(r.port);
	ck_assert_int_eq(r.err.code, EF_E_PORT);
	ck_assert_msg(strstr(r.err.msg, "it was unplugged") != NULL, "%s", r.err.msg);
	rig_done(&r);
}
END_TEST

/* A line that loses everything but the first answers is not a failing supply. */
START_TEST(silence_after_sync_is_no_verdict)
{
	static struct ef_evidence ev = { .syncs = 1, .resets = 1, .has_lines = true };

	ev.was_answered = true;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_NONE);
	ev.boots.starts = 3; /* our own resets */
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_NONE);
	ev.boots.watchdog = 1;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_DOWNLOAD_RESTARTS);
	ev.boots.power = 1;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_BROWNOUT);
}
END_TEST

/* Of several resets, the last one that led into the loader shows what ended the one before. */
START_TEST(the_reset_into_the_loader_is_quoted)
{
	static const char log[] =
		"rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0/1))\r\n"
		"rst:0x7 (TG0WDT_SYS_RST),boot:0x5 (DOWNLOAD(USB/UART0/1))\r\n"
		"rst:0x15 (USB_UART_CHIP_RESET),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n";
	static struct ef_evidence ev = { .syncs = 1, .resets = 1, .has_lines = true };
	char quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE];

	ev.was_answered = true;
	ev.boots.watchdog = 1;
	memcpy(ev.rx.data, log, sizeof(log) - 1);
	ev.rx.len = ev.rx.total = sizeof(log) - 1;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_DOWNLOAD_RESTARTS);
	ef_diagnose_quote(&ev, quote, meaning);
	ck_assert_msg(strstr(quote, "rst:0x7 ") != NULL, "%s", quote);
}
END_TEST

/* ---- restarted, or only heard from a pause on ---- */

static const char block[] = "temperature: 21 C\r\nhumidity: 40 %\r\n";

static void hear_blocks(struct ef_evidence *ev, unsigned attempts)
{
	*ev = (struct ef_evidence){
		.syncs = 36, .resets = attempts, .has_lines = true, .was_held = true
	};
	memcpy(ev->rx.data, block, sizeof(block) - 1);
	ev->rx.len = sizeof(block) - 1;
	ev->rx.total = ev->rx.len;
	ev->attempts = attempts;
	for (unsigned i = 0; i < attempts; i++) {
		struct ef_attempt *a = &ev->attempt[i];

		memcpy(a->strategy, "classic", 8);
		a->seen = EF_VERDICT_APP_UNAFFECTED;
		a->bytes = sizeof(block) - 1;
		memcpy(a->head, block, sizeof(block) - 1);
		a->head_len = sizeof(block) - 1;
	}
}

START_TEST(the_same_after_each_reset_is_a_restart)
{
	static struct ef_evidence ev;

	hear_blocks(&ev, 7);
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_FLASH_BOOT);
	/* a sequence for another circuit may do nothing */
	memcpy(ev.attempt[5].strategy, "usb-jtag-serial", 16);
	ev.attempt[5].seen = EF_VERDICT_SILENT;
	memcpy(ev.attempt[6].strategy, "inverted classic", 17);
	ev.attempt[6].seen = EF_VERDICT_SILENT;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_FLASH_BOOT);
	/* nothing proves it when the chip talks on while EN is held, or was never held */
	ev.held_bytes = 1;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
	ev.held_bytes = 0;
	ev.was_held = false;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
}
END_TEST

START_TEST(the_same_twice_or_not_at_all_is_no_restart)
{
	static struct ef_evidence ev;

	hear_blocks(&ev, 7);
	ev.attempt[4].has_repeated = true;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
	hear_blocks(&ev, 7);
	ev.attempt[1].seen = EF_VERDICT_SILENT;
	ev.attempt[1].bytes = 0;
	ev.attempt[1].head_len = 0;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
	hear_blocks(&ev, 2);
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
}
END_TEST

START_TEST(repetition_is_noticed)
{
	static struct ef_flasher f;
	const struct ef_attempt *a = &f.record.evidence.attempt[0];

	f.record.evidence.attempts = 1;
	for (unsigned i = 0; i < 60; i++) {
		ck_assert_int_eq(a->has_repeated, i > 1);
		memcpy(f.record.rx.data + f.record.rx.len, block, sizeof(block) - 1);
		f.record.rx.len += sizeof(block) - 1;
		f.record.rx.total = f.record.rx.len;
		if (f.record.rx.len + sizeof(block) > sizeof(f.record.rx.data))
			break;
		connect_log_bytes(&f);
	}
	ck_assert(a->has_repeated);
}
END_TEST

Suite *suite_after_sync(void);
Suite *suite_after_sync(void)
{
	Suite *s = suite_create("after_sync");
	TCase *t = tcase_create("chip");

	tcase_add_loop_test(t, work_on_no_flash_ends_at_once, 0, 2 * CHIPS);
	tcase_add_test(t, reading_in_secure_download_mode_has_its_verdict);
	tcase_add_loop_test(t, what_ended_the_loader_is_told, 0, 2 * CHIPS);
	tcase_add_loop_test(t, log_begins_with_the_answer, 0, CHIPS);
	tcase_add_test(t, first_error_of_a_port_is_told);
	tcase_add_test(t, silence_after_sync_is_no_verdict);
	tcase_add_test(t, the_reset_into_the_loader_is_quoted);
	suite_add_tcase(s, t);
	t = tcase_create("restarts");
	tcase_add_test(t, the_same_after_each_reset_is_a_restart);
	tcase_add_test(t, the_same_twice_or_not_at_all_is_no_restart);
	tcase_add_test(t, repetition_is_noticed);
	suite_add_tcase(s, t);
	return s;
}
