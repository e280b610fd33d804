/* SPDX-License-Identifier: MIT */
/*
 * Where one piece of evidence tips a verdict: each limit at its two sides. The meaning of each
 * is in docs/troubleshooting.md and in the comments of diagnose.c.
 */
#include <stdio.h>

#include "base/util.h"
#include "ck_ef.h"
#include "flasher/connect_priv.h"

#define FLASH                                                                                      \
	"ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n"
#define DOWNLOAD                                                                                   \
	"ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0x7 (DOWNLOAD(USB/UART0/1))\r\n"  \
	"waiting for download\r\n"
#define APP "I (100) main: start\r\nI (200) main: here I am\r\n"

static struct ef_evidence ev;

static void heard(const char *text)
{
	memset(&ev, 0, sizeof(ev));
	ev.rx.len = strlen(text);
	ev.rx.total = ev.rx.len;
	memcpy(ev.rx.data, text, ev.rx.len);
	ev.has_lines = true;
	ev.resets = 7;
	ev.syncs = 100;
}

static void expect(enum ef_verdict want)
{
	ck_assert_str_eq(ef_verdict_info(ef_diagnose(&ev))->name, ef_verdict_info(want)->name);
}

/* ---- the port ---- */

START_TEST(port_that_comes_and_goes)
{
	heard("");
	expect(EF_VERDICT_SILENT);
	ev.port_flaps = 1;
	expect(EF_VERDICT_SILENT);
	ev.port_flaps = 2;
	expect(EF_VERDICT_PORT_FLAPS);
	/* each reset explains one absence; four more have another cause */
	ev.port_flaps = 0;
	ev.port_losses = 7 + 3;
	expect(EF_VERDICT_SILENT);
	ev.port_losses = 7 + 4;
	expect(EF_VERDICT_PORT_FLAPS);
}
END_TEST

START_TEST(silence_is_no_byte_at_all)
{
	heard("");
	ev.reactions.stray_bytes = 15; /* the noise of an edge */
	expect(EF_VERDICT_SILENT);
	ev.reactions.stray_bytes = 16;
	expect(EF_VERDICT_NONE);
	ev.is_native_usb = true;
	expect(EF_VERDICT_USB_BUSY);
	heard("");
	ev.syncs = 0; /* nothing was tried */
	expect(EF_VERDICT_NONE);
	heard(APP);
	ev.syncs = 0;
	expect(EF_VERDICT_APP_UNAFFECTED);
	ev.is_native_usb = true;
	expect(EF_VERDICT_USB_BUSY);
}
END_TEST

/* ---- an application's words ---- */

static void attempts(unsigned count, const char *head)
{
	for (unsigned i = 0; i < count; i++) {
		struct ef_attempt *a = &ev.attempt[i];

		*a = (struct ef_attempt){ .strategy = "classic",
					  .rate_hz = 115200,
					  .seen = EF_VERDICT_APP_UNAFFECTED };
		a->head_len = (uint8_t)strlen(head);
		memcpy(a->head, head, a->head_len);
	}
	ev.attempts = count;
}

START_TEST(piece_of_a_line_counts_when_it_comes_again)
{
	heard("a piece of a line");
	expect(EF_VERDICT_NONE);
	attempts(1, "");
	expect(EF_VERDICT_NONE);
	attempts(2, "");
	expect(EF_VERDICT_APP_UNAFFECTED);
	ev.attempt[1].strategy[0] = '\0'; /* not after a reset */
	expect(EF_VERDICT_NONE);
	heard("a whole line\n");
	expect(EF_VERDICT_APP_UNAFFECTED);
}
END_TEST

/* Whether the chip seems to restart with each reset; only holding it in reset can prove that. */
static bool seems_restarted(void)
{
	ev.was_held = false;
	return diagnose_wants_hold(&ev);
}

START_TEST(same_lines_after_each_reset)
{
	heard(APP);
	attempts(2, APP);
	ck_assert(!seems_restarted()); /* three are needed */
	attempts(3, APP);
	ck_assert(seems_restarted());
	ev.attempts = 2; /* the record beyond them says nothing */
	ck_assert(!seems_restarted());
	ev.attempts = 3;
	ev.was_held = true;
	ck_assert(!diagnose_wants_hold(&ev));
	expect(EF_VERDICT_FLASH_BOOT);
	ev.held_bytes = 1; /* it prints while it is held: our resets don't reach it */
	expect(EF_VERDICT_APP_UNAFFECTED);
	ev.held_bytes = 0;
	ev.attempt[2].has_repeated = true; /* a block that comes again by itself */
	expect(EF_VERDICT_APP_UNAFFECTED);
	ck_assert(!seems_restarted());
}
END_TEST

START_TEST(one_attempt_that_differs)
{
	const size_t n = strlen("I (100) main: start\r\n");

	heard(APP);
	attempts(3, APP);
	ev.attempt[1].seen = EF_VERDICT_SILENT; /* one pause is enough */
	ck_assert(!seems_restarted());
	for (size_t i = 0; i < n + 10; i++) {
		attempts(3, APP);
		ev.attempt[2].head[i] ^= 1;
		if (APP[i] != '\n') /* the first line, and 8 bytes of the second, are compared */
			ck_assert_int_eq(seems_restarted(), i >= n + 8);
	}
}
END_TEST

/* What a head must hold: a first line of 8 bytes, and 8 of a second line that differs. */
START_TEST(head_must_tell_something)
{
	static const struct {
		const char *head;
		bool counts;
	} heads[] = { { "123456\nabcdefgh", false },
		      { "1234567\nabcdefgh", true },
		      { "1234567\nabcdefg", false },
		      { "1234567\n1234567\n", false },
		      { "1234567\n1234567x", true },
		      { "no line end at all", false },
		      { "", false } };

	for (size_t i = 0; i < EF_ARRAY_LEN(heads); i++) {
		heard(APP);
		attempts(3, heads[i].head);
		ck_assert_msg(seems_restarted() == heads[i].counts, "%s", heads[i].head);
	}
}
END_TEST

/* Attempts that need not reset the board, and those at a rate that gave garbage. */
START_TEST(attempts_that_say_nothing)
{
	static const char *const special[] = { "", "usb-jtag-serial", "inverted classic" };

	for (size_t i = 0; i < EF_ARRAY_LEN(special); i++) {
		heard(APP);
		attempts(4, APP);
		(void)snprintf(ev.attempt[1].strategy, sizeof(ev.attempt[1].strategy), "%s",
			       special[i]);
		ev.attempt[1].head[0] ^= 1;
		ck_assert(seems_restarted());
	}
	heard(APP);
	attempts(4, APP);
	ev.text_rate_hz = 115200;
	ev.attempt[3].rate_hz = 9600;
	ev.attempt[3].head[0] ^= 1;
	ck_assert(seems_restarted());
	ev.attempt[2].rate_hz = 9600;
	ck_assert(!seems_restarted());
}
END_TEST

/* ---- starts that are not ours ---- */

START_TEST(chip_that_restarts_by_itself)
{
	heard(FLASH);
	ev.boots.watchdog = 2;
	ev.reactions.restarts = 2; /* of seven: not more than a third */
	expect(EF_VERDICT_WATCHDOG);
	ev.reactions.restarts = 3;
	expect(EF_VERDICT_OTHER_STARTS);
	ev.reactions.restarts = 0;
	ev.boots = (struct ef_boot_counts){ .watchdog = 1, .software = 1 };
	expect(EF_VERDICT_WATCHDOG);
	ev.boots.software = 0;
	expect(EF_VERDICT_OTHER_STARTS);
	attempts(2, "");
	expect(EF_VERDICT_OTHER_STARTS);
	attempts(3, ""); /* after three resets the application just went on */
	expect(EF_VERDICT_APP_UNAFFECTED);
	ev.attempts = 2;
	expect(EF_VERDICT_OTHER_STARTS);
	ev.attempts = 3;
	ev.resets = 2; /* too few to say that none had an effect */
	expect(EF_VERDICT_OTHER_STARTS);
	ev.resets = 7;
	ev.reactions.garbled = 4; /* three could be read */
	expect(EF_VERDICT_APP_UNAFFECTED);
	ev.reactions.garbled = 5;
	expect(EF_VERDICT_OTHER_STARTS);
	ev.reactions.garbled = 8; /* never below none */
	expect(EF_VERDICT_OTHER_STARTS);
}
END_TEST

/* A ROM that tells of empty flash is not mute, so a reset of ours would have left its banner. */
START_TEST(empty_flash_restarts_by_itself)
{
	heard("invalid header: 0xffffffff\r\ninvalid header: 0xffffffff\r\n");
	ev.boots.empty = 2;
	expect(EF_VERDICT_WATCHDOG);
	ev.boots.empty = 0;
	ev.boots.starts = 1;
	expect(EF_VERDICT_OTHER_STARTS);
	heard(FLASH "invalid header: 0xffffffff\r\n");
	ev.boots.empty = 2;
	expect(EF_VERDICT_OTHER_STARTS);
	ev.reactions.restarts = 7;
	ev.boots.starts = 7;
	expect(EF_VERDICT_EMPTY_FLASH);
	ev.has_lines = false;
	expect(EF_VERDICT_EMPTY_FLASH);
	ev.boots.empty = 0;
	expect(EF_VERDICT_FLASH_BOOT);
}
END_TEST

START_TEST(supply_that_fails)
{
	heard(FLASH);
	ev.boots.power = 1;
	expect(EF_VERDICT_BROWNOUT);
	heard(DOWNLOAD); /* once in download mode may be the plug */
	ev.reactions.deaf_attempts = 2;
	ev.boots.downloads = ev.boots.power = 1;
	expect(EF_VERDICT_NO_SYNC_REPLY);
	ev.boots.power = 2;
	expect(EF_VERDICT_BROWNOUT);
	ev.boots.power = 0;
	ev.boots.download_restarts = 1;
	expect(EF_VERDICT_NO_SYNC_REPLY);
	ev.boots.download_restarts = 2;
	expect(EF_VERDICT_DOWNLOAD_RESTARTS);
}
END_TEST

/* The last banner names the watchdog, even if its straps are damaged. */
START_TEST(last_banner_is_quoted_for_a_watchdog)
{
	char quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE];

	heard(FLASH "rst:0x7 (TG0WDT_SYS_RST),b\r\n");
	ev.boots.watchdog = 2;
	expect(EF_VERDICT_WATCHDOG);
	ef_diagnose_quote(&ev, quote, meaning);
	ck_assert_str_eq(quote, "rst:0x7 (TG0WDT_SYS_RST),b");
	ck_assert_str_eq(meaning, "started by: watchdog of timer group 0");
}
END_TEST

/* Nothing of ours helps an ESP8266, whatever else it says of its supply or its resets. */
START_TEST(chip_that_is_not_supported)
{
	heard("\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n");
	expect(EF_VERDICT_ESP8266);
	ev.boots.power = 2;
	expect(EF_VERDICT_ESP8266);
	ev.boots.power = 0;
	ev.boots.download_restarts = 2;
	expect(EF_VERDICT_ESP8266);
}
END_TEST

/* A loader answered and fell silent: the boot log behind that says why. */
START_TEST(loader_that_was_lost)
{
	heard(DOWNLOAD);
	ev.was_answered = true;
	expect(EF_VERDICT_NONE);
	ev.boots.watchdog = 1;
	expect(EF_VERDICT_DOWNLOAD_RESTARTS);
	ev.boots.power = 1;
	expect(EF_VERDICT_BROWNOUT);
}
END_TEST

Suite *suite_diagnose_limits(void);
Suite *suite_diagnose_limits(void)
{
	Suite *s = suite_create("diagnose_limits");
	TCase *t = tcase_create("diagnose_limits");

	tcase_add_test(t, port_that_comes_and_goes);
	tcase_add_test(t, silence_is_no_byte_at_all);
	tcase_add_test(t, piece_of_a_line_counts_when_it_comes_again);
	tcase_add_test(t, same_lines_after_each_reset);
	tcase_add_test(t, one_attempt_that_differs);
	tcase_add_test(t, head_must_tell_something);
	tcase_add_test(t, attempts_that_say_nothing);
	tcase_add_test(t, chip_that_restarts_by_itself);
	tcase_add_test(t, empty_flash_restarts_by_itself);
	tcase_add_test(t, supply_that_fails);
	tcase_add_test(t, last_banner_is_quoted_for_a_watchdog);
	tcase_add_test(t, chip_that_is_not_supported);
	tcase_add_test(t, loader_that_was_lost);
	suite_add_tcase(s, t);
	return s;
}
