/* SPDX-License-Identifier: MIT */
/* What the user and a program are told of a connection: the report, the message, the quote. */
#include <stdio.h>

#include "ck_ef.h"
#include "flasher/connect.h"
#include "flasher/connect_priv.h"
#include "rig/fake_port.h"

#define FLASH                                                                                      \
	"ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n"
#define AGAIN "rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"

static struct ef_flasher f;
static struct fake_port port;
static struct ef_connect_report report;
static struct ef_evidence *const ev = &f.record.evidence;
static struct ef_err err;

static void hear(struct ef_rx_log *rx, const char *text)
{
	rx->len = strlen(text);
	rx->total = rx->len;
	memcpy(rx->data, text, rx->len);
}

static void begin(const char *text)
{
	memset(&f, 0, sizeof(f));
	memset(&report, 0, sizeof(report));
	fake_init(&port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	f.port = &port.base;
	f.opts.report = &report;
	err = (struct ef_err)EF_ERR_INIT;
	hear(&ev->rx, text);
	ev->has_lines = true;
	ev->resets = 7;
	ev->syncs = 100;
}

static void attempt(const char *strategy)
{
	struct ef_attempt *a = &ev->attempt[ev->attempts++];

	(void)snprintf(a->strategy, sizeof(a->strategy), "%s", strategy);
}

/* ---- the report ---- */

START_TEST(report_of_a_success)
{
	begin(FLASH);
	attempt("classic");
	attempt("inverted classic-long");
	port.base.inverted = EF_DTR | EF_RTS;
	report.verdict = EF_VERDICT_SILENT;
	connect_report(&f, true, true);
	ck_assert_int_eq(report.verdict, EF_VERDICT_NONE);
	ck_assert_str_eq(report.strategy, "classic-long");
	ck_assert(report.is_inverted);
	ck_assert_uint_eq(report.evidence.attempts, 2);
	ev->attempts = 0;
	port.base.inverted = 0;
	connect_report(&f, true, true);
	ck_assert_str_eq(report.strategy, "");
	ck_assert(!report.is_inverted);
	f.opts.report = NULL;
	connect_report(&f, true, true);
}
END_TEST

START_TEST(report_of_a_failure)
{
	begin("");
	attempt("classic");
	connect_report(&f, false, true);
	ck_assert_int_eq(report.verdict, EF_VERDICT_SILENT);
	ck_assert_str_eq(report.strategy, "");
	connect_report(&f, false, false); /* a signal ended it early */
	ck_assert_int_eq(report.verdict, EF_VERDICT_NONE);
}
END_TEST

/* ---- a chip that was lost ---- */

START_TEST(chip_that_was_lost)
{
	begin("");
	hear(&f.record.rx, "nothing about a reset\r\n");
	ef_connect_lost(&f);
	ef_fail(&err, EF_E_TIMEOUT, "no answer");
	ck_assert(!ef_connect_lost_fail(&f, &err));
	ck_assert_str_eq(err.msg, "no answer"); /* it explains nothing */
	ck_assert_int_eq(report.verdict, EF_VERDICT_NONE);
	hear(&f.record.rx, FLASH "rst:0xf (BROWN_OUT_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n");
	ef_connect_lost(&f);
	hear(&f.record.rx, ""); /* the last loss left no log: the one before counts */
	ef_connect_lost(&f);
	ck_assert(!ef_connect_lost_fail(&f, &err));
	ck_assert_int_eq(err.code, EF_E_POWER);
	ck_assert_int_eq(report.verdict, EF_VERDICT_BROWNOUT);
	ck_assert(report.evidence.was_answered);
	ck_assert_ptr_nonnull(strstr(err.msg, "rst:0xf (BROWN_OUT_RST)"));
}
END_TEST

/* ---- the message ---- */

static const char *message(void)
{
	err = (struct ef_err)EF_ERR_INIT;
	ck_assert(!ef_diagnose_fail(ev, "/dev/x", &err));
	return err.msg;
}

static void says(const char *text)
{
	ck_assert_msg(strstr(message(), text) != NULL, "'%s' is not in '%s'", text, err.msg);
}

static void says_not(const char *text)
{
	ck_assert_msg(strstr(message(), text) == NULL, "'%s' is in '%s'", text, err.msg);
}

START_TEST(what_was_tried)
{
	begin(FLASH);
	ev->reactions.restarts = 7;
	attempt("");
	attempt("classic");
	attempt("unix-tight");
	attempt("classic");
	says("cannot connect on '/dev/x': reset works, but the chip boots from flash");
	says("(7 resets, 100 SYNCs; tried classic, unix-tight)");
	ck_assert_int_eq(err.code, EF_E_NOT_DOWNLOAD);
	ck_assert_int_eq(err.hint.number[0], EF_VERDICT_FLASH_BOOT);
	ck_assert_int_eq(err.hint.number[1], 0);
	ev->reactions.restarts = 3; /* they may be another's */
	says("7 resets, 100 SYNCs; a start after 3 of the resets; tried classic");
	ev->port_losses = 2;
	says("; the port went away 2 times)");
	begin(FLASH); /* each once, also if no SYNC went before the first reset */
	attempt("classic");
	attempt("unix-tight");
	attempt("classic");
	says("; tried classic, unix-tight)");
	begin(""); /* the sequences say nothing about a chip that is silent */
	attempt("classic");
	says("(7 resets, 100 SYNCs)");
	ev->resets = 0;
	ev->has_lines = false;
	says("(no reset, 100 SYNCs)");
	ck_assert_int_eq(err.hint.number[1], EF_HINT_NO_LINES);
}
END_TEST

START_TEST(rate_that_could_be_read)
{
	begin("hello\r\n");
	says_not("baud");
	ev->text_rate_hz = 9600;
	says("; readable at 9600 baud)");
}
END_TEST

START_TEST(stray_bytes_are_told)
{
	begin("");
	says("the chip is silent: no byte came back");
	ev->reactions.stray_bytes = 3;
	says("the chip is silent: no answer, only 3 stray bytes");
	ev->reactions.stray_bytes = 300;
	says("no reply to SYNC, only 300 stray bytes");
}
END_TEST

/* The user forbids resets, though the port could do them. */
START_TEST(session_that_may_not_reset)
{
	begin("");
	ev->has_lines = false;
	says("this port has no lines to reset it");
	ev->is_kept = true;
	says("this session may not reset it");
}
END_TEST

/* ---- the quote ---- */

static const char *quote_of(void)
{
	static char quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE];

	ef_diagnose_quote(ev, quote, meaning);
	return quote;
}

START_TEST(line_that_is_quoted)
{
	begin(FLASH AGAIN);
	ev->reactions.restarts = 7;
	ev->boots.starts = 7; /* our resets: the first banner shows one */
	ck_assert_str_eq(quote_of(), "rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)");
	ev->reactions.restarts = 0;
	ev->boots = (struct ef_boot_counts){ .watchdog = 2 }; /* its own: the last one */
	ck_assert_str_eq(quote_of(), "rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)");
	begin("one line\r\nthe last line\r\n\r\n"); /* what the application is doing now */
	ck_assert_str_eq(quote_of(), "the last line");
	begin("a line\r\n>");
	ck_assert_str_eq(quote_of(), ">");
	says(" '>' (");
	begin("\x01\x02\xff\x80");
	ck_assert_str_eq(quote_of(), "0102ff80");
	begin("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0b\x0c\x0e\x0f\x10\x11\x12\x13");
	ck_assert_str_eq(quote_of(), "0102030405060708090b0c0e0f101112"); /* 16 bytes */
	begin("");
	ck_assert_str_eq(quote_of(), "");
}
END_TEST

/* Reset code 23 is a glitch on the supply, but not on the ESP32: the greeting says whose it is. */
START_TEST(cause_in_the_words_of_its_chip)
{
	static const char boots[] = "ESP-ROM:esp32c3-api1-20210207\r\n"
				    "rst:0x17 (PWR_GLITCH),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
				    "ESP-ROM:esp32c3-api1-20210207\r\n"
				    "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n";

	begin(boots);
	ef_boot_count(ev->rx.data, ev->rx.len, &ev->boots);
	ck_assert_uint_eq(ev->boots.power, 1);
	ck_assert_int_eq(ef_diagnose(ev), EF_VERDICT_BROWNOUT);
	ck_assert_str_eq(quote_of(), "rst:0x17 (PWR_GLITCH),boot:0xc (SPI_FAST_FLASH_BOOT)");
}
END_TEST

/* A line longer than the quote is cut at its end. */
START_TEST(long_line_is_cut)
{
	char line[2 * EF_QUOTE_SIZE];

	memset(line, 'x', sizeof(line));
	line[0] = 'a';
	line[EF_QUOTE_SIZE - 2] = 'z';
	line[sizeof(line) - 1] = '\0';
	begin(line);
	ck_assert_uint_eq(strlen(quote_of()), EF_QUOTE_SIZE - 1);
	ck_assert_int_eq(quote_of()[0], 'a');
	ck_assert_int_eq(quote_of()[EF_QUOTE_SIZE - 2], 'z');
}
END_TEST

/* The log shows another's start: quote what the application printed in an attempt. */
START_TEST(words_of_the_application_are_quoted)
{
	begin(FLASH);
	for (unsigned i = 0; i < 3; i++) {
		attempt("classic");
		ev->attempt[i].seen = EF_VERDICT_APP_UNAFFECTED;
		ev->attempt[i].head_len = 8;
		memcpy(ev->attempt[i].head, i == 1 ? "tick 7\r\n" : "no line ", 8);
	}
	ck_assert_int_eq(ef_diagnose(ev), EF_VERDICT_APP_UNAFFECTED);
	ck_assert_str_eq(quote_of(), "tick 7");
}
END_TEST

Suite *suite_connect_report(void);
Suite *suite_connect_report(void)
{
	Suite *s = suite_create("connect_report");
	TCase *t = tcase_create("connect_report");

	tcase_add_test(t, report_of_a_success);
	tcase_add_test(t, report_of_a_failure);
	tcase_add_test(t, chip_that_was_lost);
	tcase_add_test(t, what_was_tried);
	tcase_add_test(t, rate_that_could_be_read);
	tcase_add_test(t, stray_bytes_are_told);
	tcase_add_test(t, session_that_may_not_reset);
	tcase_add_test(t, line_that_is_quoted);
	tcase_add_test(t, cause_in_the_words_of_its_chip);
	tcase_add_test(t, long_line_is_cut);
	tcase_add_test(t, words_of_the_application_are_quoted);
	suite_add_tcase(s, t);
	return s;
}
