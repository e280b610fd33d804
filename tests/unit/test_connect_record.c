/* SPDX-License-Identifier: MIT */
/*
 * What is counted of the bytes that an attempt hears: each boot line and each echo once, however
 * the bytes are cut, the attempt's first bytes, and when they came.
 */
#include "ck_ef.h"
#include "flasher/connect_priv.h"
#include "rig/fake_port.h"

#define START "rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n"
#define SYNC  "\x00\x08\x24\x00\x00\x00\x00\x00\x07\x07\x12\x20UUUU"

static struct ef_flasher f;
static struct fake_port port;
static struct ef_rx_log *const rx = &f.record.rx;
static struct ef_evidence *const ev = &f.record.evidence;

static void begin(const char *strategy)
{
	memset(&f, 0, sizeof(f));
	fake_init(&port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	f.port = &port.base;
	connect_log_begin(&f, strategy, false);
	if (*strategy)
		connect_log_reset(&f);
}

/* These bytes arrive. When the log is full, the oldest are dropped. */
static void hear(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (rx->len == sizeof(rx->data))
			memmove(rx->data, rx->data + 1, --rx->len);
		rx->data[rx->len++] = (uint8_t)bytes[i];
		rx->total++;
	}
	connect_log_bytes(&f);
}

static void hear_text(const char *text)
{
	hear(text, strlen(text));
}

START_TEST(boot_lines_count_once)
{
	begin("classic");
	hear_text(START);
	ck_assert_uint_eq(ev->boots.starts, 1);
	hear_text("");
	ck_assert_uint_eq(ev->boots.starts, 1);
	for (const char *p = START; *p; p++) { /* byte by byte */
		ck_assert_uint_eq(ev->boots.starts, 1);
		hear(p, 1);
	}
	ck_assert_uint_eq(ev->boots.starts, 2);
	hear_text(START START);
	ck_assert_uint_eq(ev->boots.starts, 4);
	for (unsigned i = 0; i < 200; i++) /* the log overflows */
		hear_text("an application prints this line again and again\r\n");
	ck_assert_uint_eq(ev->boots.starts, 4);
	hear_text(START);
	ck_assert_uint_eq(ev->boots.starts, 5);
}
END_TEST

START_TEST(echoes_count_once)
{
	const size_t len = sizeof(SYNC) - 1;

	begin("classic");
	hear(SYNC, len);
	ck_assert_uint_eq(ev->reactions.echoes, 1);
	hear("", 0);
	ck_assert_uint_eq(ev->reactions.echoes, 1);
	for (size_t cut = 1; cut < len; cut++) {
		hear(SYNC, cut);
		hear(&SYNC[cut], len - cut);
		ck_assert_uint_eq(ev->reactions.echoes, 1 + cut);
	}
	begin("classic");
	hear(SYNC SYNC SYNC, 3 * len);
	ck_assert_uint_eq(ev->reactions.echoes, 3);
	/* what came before a reset is over */
	connect_log_reset(&f);
	ck_assert_uint_eq(rx->len, 0);
	hear(SYNC, len);
	ck_assert_uint_eq(ev->reactions.echoes, 4);
}
END_TEST

/* The first 48 bytes. Without a reset, those from the attempt's beginning on. */
START_TEST(head_of_an_attempt)
{
	const struct ef_attempt *a = &ev->attempt[0];
	char more[60];

	memset(more, 'm', sizeof(more));
	begin("classic");
	hear_text("abc");
	ck_assert_uint_eq(a->head_len, 3);
	hear(more, sizeof(more));
	ck_assert_uint_eq(a->head_len, 48);
	ck_assert_mem_eq(a->head, "abcmmm", 6);
	connect_log_end(&f);
	ck_assert_uint_eq(a->bytes, 63);
	connect_log_begin(&f, "", false);
	ck_assert_uint_eq(ev->attempts, 2);
	hear_text("xyz");
	connect_log_end(&f);
	ck_assert_uint_eq(ev->attempt[1].bytes, 3);
	ck_assert_uint_eq(ev->attempt[1].head_len, 3);
	ck_assert_mem_eq(ev->attempt[1].head, "xyz", 3);
}
END_TEST

/* An application that prints the same block by itself: its first line and 8 bytes more. */
START_TEST(block_that_comes_again)
{
	const struct ef_attempt *a = &ev->attempt[0];

	begin("classic");
	hear_text("first line\r\nsecond line\r\n");
	ck_assert(!a->has_repeated);
	hear_text("first line\r\nthird line\r\n");
	ck_assert(!a->has_repeated);
	hear_text("first line\r\nsecond ");
	ck_assert(!a->has_repeated);
	hear_text("line\r\n");
	ck_assert(a->has_repeated);
	begin("classic");
	hear_text("no line end here, no line end here, no line end here, no line end here");
	ck_assert(!a->has_repeated);
}
END_TEST

START_TEST(time_of_the_first_byte)
{
	const struct ef_attempt *a = &ev->attempt[0];

	begin("classic");
	f.record.start_us = 1000;
	ev->attempt[0].start_us = 500;
	rx->marks = 2;
	rx->mark[0].from = 0;
	rx->mark[0].at_us = 1800;
	rx->mark[1].at_us = 9000;
	hear_text("x");
	ck_assert_uint_eq(a->first_us, 300);
	/* a mark of the same millisecond may be older than the attempt */
	ev->attempt[0].first_us = 0;
	rx->mark[0].at_us = 1500;
	hear_text("x");
	ck_assert_uint_eq(a->first_us, 1);
	/* marks of bytes before the attempt do not count */
	ev->attempt[0].first_us = 0;
	f.record.attempt_from = 1;
	rx->mark[1].from = 1;
	hear_text("x");
	ck_assert_uint_eq(a->first_us, 7500);
	/* nor do those that a cleared log has left behind */
	ev->attempt[0].first_us = 0;
	rx->marks = 1;
	hear_text("x");
	ck_assert_uint_eq(a->first_us, 0);
}
END_TEST

/* A start counts as late after more than 200 ms: the pulse of a reset is over then. */
START_TEST(start_that_is_late)
{
	struct ef_attempt *a = &ev->attempt[0];

	begin("classic");
	f.record.was_reset = true;
	f.record.starts_before = 1;
	ev->boots.starts = 2;
	a->first_us = 200000;
	ck_assert(!connect_log_starts_late(&f));
	a->first_us = 200001;
	ck_assert(connect_log_starts_late(&f));
	ev->boots.starts = 1; /* that was not seen in this attempt */
	ck_assert(!connect_log_starts_late(&f));
	ev->boots.starts = 2;
	f.record.was_reset = false; /* not by us */
	ck_assert(!connect_log_starts_late(&f));
}
END_TEST

/* The record keeps the first attempts and the last one. */
START_TEST(record_that_is_full)
{
	begin("classic");
	for (unsigned i = 1; i < EF_ATTEMPTS_MAX; i++)
		connect_log_begin(&f, "classic", false);
	ck_assert_uint_eq(ev->attempts, EF_ATTEMPTS_MAX);
	connect_log_begin(&f, "unix-tight", true);
	ck_assert_uint_eq(ev->attempts, EF_ATTEMPTS_MAX);
	ck_assert_str_eq(ev->attempt[EF_ATTEMPTS_MAX - 1].strategy, "inverted unix-tight");
	ck_assert_str_eq(ev->attempt[EF_ATTEMPTS_MAX - 2].strategy, "classic");
}
END_TEST

/* What came before the first reset of all was not caused by one of ours. */
START_TEST(first_reset_begins_the_evidence_anew)
{
	begin("");
	hear_text(START);
	connect_log_keep(&f);
	ck_assert_uint_eq(ev->boots.starts, 1);
	ck_assert_uint_ne(ev->rx.len, 0);
	connect_log_begin(&f, "classic", false);
	connect_log_reset(&f);
	ck_assert_uint_eq(ev->rx.len, 0);
	ck_assert_uint_eq(ev->boots.starts, 0);
	ck_assert_uint_eq(ev->reactions.stray_bytes, sizeof(START) - 1);
	ev->resets = 1;
	hear_text(START);
	connect_log_keep(&f);
	connect_log_end(&f);
	ck_assert_uint_eq(ev->reactions.restarts, 1);
	connect_log_begin(&f, "classic", false);
	connect_log_reset(&f); /* a later one does not */
	ck_assert_uint_eq(ev->boots.starts, 1);
	ck_assert_uint_eq(ev->rx.len, sizeof(START) - 1);
	connect_log_end(&f); /* nothing started this time */
	ck_assert_uint_eq(ev->reactions.restarts, 1);
}
END_TEST

Suite *suite_connect_record(void);
Suite *suite_connect_record(void)
{
	Suite *s = suite_create("connect_record");
	TCase *t = tcase_create("connect_record");

	tcase_add_test(t, boot_lines_count_once);
	tcase_add_test(t, echoes_count_once);
	tcase_add_test(t, head_of_an_attempt);
	tcase_add_test(t, block_that_comes_again);
	tcase_add_test(t, time_of_the_first_byte);
	tcase_add_test(t, start_that_is_late);
	tcase_add_test(t, record_that_is_full);
	tcase_add_test(t, first_reset_begins_the_evidence_anew);
	suite_add_tcase(s, t);
	return s;
}
