/* SPDX-License-Identifier: MIT */
/*
 * How many bytes, resets and echoes are enough: each count of the diagnosis at its two sides. The
 * meaning of each is in the comments of diagnose.c.
 */
#include "base/util.h"
#include "ck_ef.h"
#include "flasher/connect_priv.h"

#define SYNC  "\x00\x08\x24\x00\x00\x00\x00\x00\x07\x07\x12\x20UUUU"
#define FLASH "ESP-ROM:esp32c3-api1\r\nrst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n"
#define WAITS                                                                                      \
	"ESP-ROM:esp32c3-api1\r\nrst:0x1 (POWERON),boot:0x7 (DOWNLOAD(USB/UART0/1))\r\n"           \
	"waiting for download\r\n"
#define APP "I (100) main: start\r\nI (200) main: here I am\r\n"

static struct ef_evidence ev;

static void heard_bytes(const void *bytes, size_t len)
{
	memset(&ev, 0, sizeof(ev));
	memcpy(ev.rx.data, bytes, len);
	ev.rx.len = ev.rx.total = len;
	ev.has_lines = true;
	ev.resets = 7;
	ev.syncs = 100;
}

static void heard(const char *text)
{
	heard_bytes(text, strlen(text));
}

static void expect(enum ef_verdict want)
{
	ck_assert_str_eq(ef_verdict_info(ef_diagnose(&ev))->name, ef_verdict_info(want)->name);
}

/* ---- bytes ---- */

/* Three of four bytes of the log are SYNCs of ours, of 46 bytes each on the wire. */
START_TEST(share_of_echoes_in_a_log)
{
	static const struct {
		unsigned syncs;
		size_t len;
		bool is_echo;
	} logs[] = { { 1, 46, true },   { 1, 61, true },  { 1, 62, false },  { 2, 122, true },
		     { 2, 123, false }, { 0, 46, false }, { 10, 613, true }, { 10, 614, false } };
	struct ef_rx_log rx = { .len = logs[_i].len, .total = logs[_i].len };

	memset(rx.data, 0x81, rx.len);
	for (unsigned i = 0; i < logs[_i].syncs; i++)
		memcpy(rx.data + 46 * i, SYNC, sizeof(SYNC) - 1);
	ck_assert_int_eq(ef_diagnose_log(&rx),
			 logs[_i].is_echo ? EF_VERDICT_ECHO : EF_VERDICT_GARBAGE);
}
END_TEST

/* What is shorter than a SYNC's beginning is looked at again with what follows. */
START_TEST(end_of_the_search_for_echoes)
{
	const size_t start = 14; /* 00 08 24 00, five zeros more, 07 07 12 20, and two of 55 */
	uint8_t data[100] = { 0 };
	size_t end = 99;

	for (size_t len = 0; len <= sizeof(data); len++) {
		memset(data, 0x81, sizeof(data));
		ck_assert_uint_eq(diagnose_echoes(data, len, &end), 0);
		ck_assert_uint_eq(end, len < start ? 0 : len - start + 1);
	}
	for (size_t at = 0; at + start <= sizeof(data); at++) {
		memset(data, 0x81, sizeof(data));
		memcpy(data + at, SYNC, start);
		ck_assert_uint_eq(diagnose_echoes(data, at + start, &end), 1);
		ck_assert_uint_eq(end, at + start);
		ck_assert_uint_eq(diagnose_echoes(data, at + start - 1, &end), 0);
		ck_assert_uint_eq(end, at);
	}
	memcpy(data, SYNC, start);
	memcpy(data + start, SYNC, start);
	ck_assert_uint_eq(diagnose_echoes(data, 2 * start, &end), 2);
	ck_assert_uint_eq(end, 2 * start);
}
END_TEST

/* Four of five bytes, and four at least, are what a terminal shows or obeys. */
START_TEST(share_of_text_in_a_log)
{
	static const struct {
		const char *bytes;
		bool is_text;
	} logs[] = {
		{ "abcd", true },
		{ "abc", false },
		{ "abcd\x01", true },
		{ "abc\x01", false },
		{ "abcdefgh\x01\x02", true },
		{ "abcdefg\x01\x02\x03", false },
		{ "abcdefg\x01\x02", false }, /* a fifth of 9 is one */
		{ "    ", true },
		{ "\x1f\x1f\x1f\x1f", false },
		{ "\x7f\x7f\x7f\x7f", false },
		{ "~~~~", true },
		{ "\n\n\n\n", true },
		{ "\r\r\r\r", true },
		{ "\t\t\t\t", true },
		{ "\x1b\x1b\x1b\x1b", true },
		{ "\x0b\x0b\x0b\x0b", false },
		{ "\xc3\xa4\xc3\xa4", true },
		{ "\xe6\xb8\xa9\xe5", false }, /* the second character is cut */
		{ "\xe6\xb8\xa9\xe6\xb8\xa9", true },
		{ "\x80\x80\x80\x80", false },
	};
	const size_t len = strlen(logs[_i].bytes);
	struct ef_rx_log rx = { .len = len, .total = len };

	memcpy(rx.data, logs[_i].bytes, len);
	ck_assert_int_eq(ef_diagnose_log(&rx),
			 logs[_i].is_text ? EF_VERDICT_APP_UNAFFECTED : EF_VERDICT_GARBAGE);
}
END_TEST

/* A console drops the zeros of a SYNC and echoes the rest: 24 07 07 12 20 and seven of 55. */
START_TEST(console_that_echoes)
{
	uint8_t log[40];
	static const uint8_t typed[] = { 0x24, 7,    7,    0x12, 0x20, 0x55,
					 0x55, 0x55, 0x55, 0x55, 0x55, 0x55 };

	memset(log, 0x81, sizeof(log));
	memcpy(log + 20, typed, sizeof(typed));
	heard_bytes(log, sizeof(log));
	expect(EF_VERDICT_APP_UNAFFECTED);
	for (size_t i = 0; i < sizeof(typed); i++) {
		log[20 + i] ^= 1;
		heard_bytes(log, sizeof(log));
		expect(EF_VERDICT_GARBAGE);
		log[20 + i] ^= 1;
	}
	/* a piece of a line counts if it is a console's */
	heard_bytes(typed, sizeof(typed));
	expect(EF_VERDICT_APP_UNAFFECTED);
}
END_TEST

/* Each sequence is named once, however short its name is. */
START_TEST(sequences_that_were_tried)
{
	struct ef_err err = EF_ERR_INIT;

	heard(FLASH);
	ev.reactions.restarts = 7;
	ev.attempts = 4;
	memcpy(ev.attempt[1].strategy, "x", 2);
	memcpy(ev.attempt[2].strategy, "classic", 8);
	memcpy(ev.attempt[3].strategy, "x", 2);
	memcpy(ev.attempt[4].strategy, "never", 6);
	ck_assert(!ef_diagnose_fail(&ev, "/dev/x", &err));
	ck_assert_msg(strstr(err.msg, "; tried x, classic)") != NULL, "%s", err.msg);
}
END_TEST

/* All parts of the message in their order. */
START_TEST(all_that_was_tried)
{
	struct ef_err err = EF_ERR_INIT;

	heard("I (29) boot: ESP-IDF v5.2 2nd stage bootloader\r\n");
	ev.reactions.restarts = 5;
	ev.reactions.unnamed = 1;
	ev.text_rate_hz = 74880;
	ev.port_losses = 2;
	ev.attempts = 1;
	memcpy(ev.attempt[0].strategy, "classic", 8);
	ck_assert(!ef_diagnose_fail(&ev, "/dev/x", &err));
	ck_assert_msg(strstr(err.msg, " (7 resets, 100 SYNCs; a start after 5 of the resets; tried "
				      "classic; readable at 74880 baud; the port went away 2 "
				      "times)") != NULL,
		      "%s", err.msg);
	ef_err_clear(&err);
	ev.resets = 0;
	ev.has_lines = false;
	ev.attempts = 0;
	ck_assert(!ef_diagnose_fail(&ev, "/dev/x", &err));
	ck_assert_msg(strstr(err.msg, " (no reset, 100 SYNCs; readable at 74880 baud; the port "
				      "went away 2 times)") != NULL,
		      "%s", err.msg);
}
END_TEST

/* ---- counts ---- */

/* A count that was kept over all attempts is preferred to the one log that was kept. */
START_TEST(running_counts_are_preferred)
{
	static const char brownout[] = "ESP-ROM:esp32c3-api1\r\nrst:0xf (BROWN_OUT_RST),boot:0xc "
				       "(SPI_FAST_FLASH_BOOT)\r\n";
	const struct ef_boot_counts one[] = { { .starts = 1 },
					      { .software = 1 },
					      { .watchdog = 1 },
					      { .empty = 1 },
					      { .downloads = 1 } };

	heard(brownout);
	expect(EF_VERDICT_BROWNOUT);
	for (size_t i = 0; i < EF_ARRAY_LEN(one); i++) {
		heard(brownout);
		ev.boots = one[i];
		expect(EF_VERDICT_OTHER_STARTS);
	}
	ev.boots = (struct ef_boot_counts){ .power = 1 };
	expect(EF_VERDICT_BROWNOUT);
	ev.boots = (struct ef_boot_counts){ .download_restarts = 2 };
	expect(EF_VERDICT_BROWNOUT); /* alone it is no count of starts */
}
END_TEST

/* All resets but the odd one of four must have been followed by a start. */
START_TEST(share_of_resets_that_start_the_chip)
{
	static const struct {
		unsigned resets, garbled, restarts, starts;
		bool works;
	} boards[] = {
		{ 1, 0, 1, 1, false }, { 2, 0, 2, 2, true },  { 2, 0, 1, 1, false },
		{ 4, 0, 3, 3, true },  { 4, 0, 2, 2, false }, { 7, 0, 6, 6, true },
		{ 7, 0, 5, 5, false }, { 8, 0, 6, 6, true },  { 8, 0, 5, 5, false },
		{ 8, 4, 3, 3, true },  { 8, 4, 2, 2, false }, { 7, 6, 1, 1, false },
		{ 7, 5, 2, 2, true },  { 7, 0, 7, 14, true }, { 7, 0, 7, 15, false },
	};

	heard(FLASH);
	ev.resets = boards[_i].resets;
	ev.reactions.garbled = boards[_i].garbled;
	ev.reactions.restarts = boards[_i].restarts;
	ev.boots.starts = boards[_i].starts;
	expect(boards[_i].works ? EF_VERDICT_FLASH_BOOT : EF_VERDICT_OTHER_STARTS);
}
END_TEST

/* A start without a reason may be a crash: holding the chip in reset finds out. */
START_TEST(starts_without_a_reason)
{
	heard("I (29) boot: ESP-IDF v5.2 2nd stage bootloader\r\n");
	ev.reactions.restarts = 7;
	ev.reactions.unnamed = 1;
	expect(EF_VERDICT_OTHER_STARTS);
	ck_assert(diagnose_wants_hold(&ev));
	ev.was_held = true;
	expect(EF_VERDICT_FLASH_BOOT);
	ck_assert(!diagnose_wants_hold(&ev)); /* once is enough */
	ev.held_bytes = 1;
	expect(EF_VERDICT_OTHER_STARTS);
	ck_assert(!diagnose_wants_hold(&ev));
	ev.was_held = false;
	ev.held_bytes = 0;
	ev.reactions.unnamed = 0;
	expect(EF_VERDICT_FLASH_BOOT);
	ck_assert(!diagnose_wants_hold(&ev));
	ev.reactions.unnamed = 1;
	ev.reactions.restarts = 5; /* too few: holding would show nothing */
	expect(EF_VERDICT_OTHER_STARTS);
	ck_assert(!diagnose_wants_hold(&ev));
	heard(WAITS); /* another verdict needs no proof */
	ev.reactions = (struct ef_reactions){ .restarts = 7, .unnamed = 1, .deaf_attempts = 2 };
	expect(EF_VERDICT_NO_SYNC_REPLY);
	ck_assert(!diagnose_wants_hold(&ev));
}
END_TEST

/* One attempt in which the chip was deaf may be chance, unless there was only one. */
START_TEST(deaf_attempts_that_are_enough)
{
	static const struct {
		unsigned resets, deaf;
		bool is_deaf;
	} boards[] = { { 0, 0, false }, { 0, 1, true }, { 1, 0, false }, { 1, 1, true },
		       { 2, 1, false }, { 2, 2, true }, { 7, 1, false }, { 7, 2, true } };

	heard(WAITS);
	ev.resets = boards[_i].resets;
	ev.reactions.deaf_attempts = boards[_i].deaf;
	ck_assert_int_eq(diagnose_is_deaf(&ev), boards[_i].is_deaf);
	expect(boards[_i].is_deaf ? EF_VERDICT_NO_SYNC_REPLY : EF_VERDICT_NONE);
	heard(FLASH);
	ev.resets = boards[_i].resets;
	ev.reactions.deaf_attempts = boards[_i].deaf;
	ck_assert(!diagnose_is_deaf(&ev));
}
END_TEST

/* Half of the SYNCs, or any where the chip waits or nothing can be read. */
START_TEST(echoes_that_are_enough)
{
	heard(APP);
	ev.reactions.echoes = 49;
	expect(EF_VERDICT_APP_UNAFFECTED);
	ev.reactions.echoes = 50;
	expect(EF_VERDICT_ECHO);
	heard(FLASH);
	ev.reactions.echoes = 49;
	ev.reactions.restarts = 7;
	expect(EF_VERDICT_FLASH_BOOT);
	ev.reactions.echoes = 50;
	expect(EF_VERDICT_ECHO);
	heard(WAITS);
	ev.reactions.deaf_attempts = 2;
	expect(EF_VERDICT_NO_SYNC_REPLY);
	ev.reactions.echoes = 1;
	expect(EF_VERDICT_ECHO);
	heard("\x01\x02\x81\x82\x83\x84");
	expect(EF_VERDICT_GARBAGE);
	ev.reactions.echoes = 1;
	expect(EF_VERDICT_ECHO);
	heard(APP);
	ev.reactions.is_joined = true;
	expect(EF_VERDICT_ECHO);
}
END_TEST

/* The rate of the ROM is the cause only where its banner was read, and not on the usual board. */
START_TEST(rate_of_the_rom)
{
	heard(FLASH);
	ev.reactions.restarts = 7;
	ev.text_rate_hz = 74880;
	expect(EF_VERDICT_OTHER_RATE);
	ev.text_rate_hz = 0;
	expect(EF_VERDICT_FLASH_BOOT);
	heard("ESP-ROM:esp8684-api2-20220127\r\nrst:0x1 (POWERON),boot:0xc "
	      "(SPI_FAST_FLASH_BOOT)\r\n"); /* an ESP32-C2 */
	ev.reactions.restarts = 7;
	ev.text_rate_hz = 74880;
	expect(EF_VERDICT_FLASH_BOOT);
	heard("I (29) boot: ESP-IDF v5.2 2nd stage bootloader\r\n");
	ev.reactions.restarts = 7;
	ev.text_rate_hz = 74880;
	expect(EF_VERDICT_FLASH_BOOT);
	heard(WAITS);
	ev.reactions.deaf_attempts = 2;
	ev.text_rate_hz = 74880;
	expect(EF_VERDICT_NO_SYNC_REPLY);
}
END_TEST

/* A greeting that was cut does not show the mode. */
START_TEST(greeting_without_straps)
{
	heard("ESP-ROM:esp32c3-api1-20210207\r\n");
	expect(EF_VERDICT_NONE);
	heard("ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0x2 ");
	expect(EF_VERDICT_BOOT_MODE);
	ev.has_lines = false;
	expect(EF_VERDICT_BOOT_MODE);
}
END_TEST

Suite *suite_diagnose_edges(void);
Suite *suite_diagnose_edges(void)
{
	Suite *s = suite_create("diagnose_edges");
	TCase *t = tcase_create("diagnose_edges");

	tcase_add_loop_test(t, share_of_echoes_in_a_log, 0, 8);
	tcase_add_test(t, end_of_the_search_for_echoes);
	tcase_add_loop_test(t, share_of_text_in_a_log, 0, 20);
	tcase_add_test(t, console_that_echoes);
	tcase_add_test(t, sequences_that_were_tried);
	tcase_add_test(t, all_that_was_tried);
	tcase_add_test(t, running_counts_are_preferred);
	tcase_add_loop_test(t, share_of_resets_that_start_the_chip, 0, 15);
	tcase_add_test(t, starts_without_a_reason);
	tcase_add_loop_test(t, deaf_attempts_that_are_enough, 0, 8);
	tcase_add_test(t, echoes_that_are_enough);
	tcase_add_test(t, rate_of_the_rom);
	tcase_add_test(t, greeting_without_straps);
	suite_add_tcase(s, t);
	return s;
}
