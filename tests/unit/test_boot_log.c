/* SPDX-License-Identifier: MIT */
/*
 * Damaged and unusual boot logs, and the words of all ROMs: strings of the mask ROMs of ESP32
 * to ESP32-S31; pins by chip from esptool's boot-mode-selection.rst; greetings from boot logs
 * in ESP-IDF's documents.
 */
#include <stdio.h>

#include <espflash/diagnose.h>

#include "ck_ef.h"

static struct ef_evidence evidence_of(const char *text)
{
	struct ef_evidence ev = { .syncs = 36,
				  .resets = 7,
				  .has_lines = true,
				  .reactions = { .restarts = 7, .deaf_attempts = 7 } };

	ck_assert_uint_le(strlen(text), sizeof(ev.rx.data));
	memcpy(ev.rx.data, text, strlen(text));
	ev.rx.len = strlen(text);
	ev.rx.total = ev.rx.len;
	return ev;
}

/* ---- what the ROMs say while they wait ---- */

static const char *const waiting[] = {
	"waiting for download", "wait uart0 download",      "wait uart download(secure mode)",
	"wait usb download",    "wait uart0/sdio download", "waiting for RMA download",
};
#define WAITING (int)(sizeof(waiting) / sizeof(waiting[0]))

START_TEST(every_word_of_a_waiting_rom_is_known)
{
	char text[256], quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE];
	struct ef_evidence ev;

	(void)snprintf(text, sizeof(text),
		       "ESP-ROM:esp32c5-eco2-20250121\r\nBuild:Jan 21 2025\r\n%s\r\n", waiting[_i]);
	ev = evidence_of(text);
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_NO_SYNC_REPLY);
	ef_diagnose_quote(&ev, quote, meaning);
	ck_assert_str_eq(quote, waiting[_i]);
	ef_boot_count(ev.rx.data, ev.rx.len, &ev.boots);
	ck_assert_uint_eq(ev.boots.downloads, 1);
}
END_TEST

/* ---- names of modes ---- */

static const struct {
	const char *name;
	enum ef_verdict verdict;
} modes[] = {
	{ "SPI_FAST_FLASH_BOOT", EF_VERDICT_FLASH_BOOT },
	{ "DOWNLOAD_BOOT(UART0/UART1/SDIO_FEI_FEO_V2)", EF_VERDICT_NO_SYNC_REPLY },
	{ "DOWNLOAD(UART0)", EF_VERDICT_NO_SYNC_REPLY },
	{ "DOWNLOAD(USB/UART0/1)", EF_VERDICT_NO_SYNC_REPLY },
	{ "DOWNLOAD(USB/UART0/1/SPI)", EF_VERDICT_NO_SYNC_REPLY },
	{ "DOWNLOAD(USB/UART0/SDIO_REI_FEO)", EF_VERDICT_NO_SYNC_REPLY },
	{ "DOWNLOAD(UART0/USB)", EF_VERDICT_NO_SYNC_REPLY },
	{ "UART_BOOT(UART0)", EF_VERDICT_NO_SYNC_REPLY },
	{ "UART0_BOOT", EF_VERDICT_NO_SYNC_REPLY },
	{ "USB_BOOT", EF_VERDICT_NO_SYNC_REPLY },
	{ "SPI_FLASH_BOOT", EF_VERDICT_BOOT_MODE },
	{ "HSPI_FLASH_BOOT", EF_VERDICT_BOOT_MODE },
	{ "SPI_DOWNLOAD_BOOT", EF_VERDICT_BOOT_MODE },
	{ "SDIO_REI_FEO_V1_BOOT", EF_VERDICT_BOOT_MODE },
	{ "ATE_BOOT", EF_VERDICT_BOOT_MODE },
};
#define MODES (int)(sizeof(modes) / sizeof(modes[0]))

START_TEST(every_mode_of_the_roms_has_its_verdict)
{
	struct ef_evidence ev;
	char text[256];

	(void)snprintf(text, sizeof(text), "rst:0x1 (POWERON),boot:0x0 (%s)\r\n", modes[_i].name);
	ev = evidence_of(text);
	ck_assert_msg(ef_diagnose(&ev) == modes[_i].verdict, "%s: %s", modes[_i].name,
		      ef_verdict_info(ef_diagnose(&ev))->name);
}
END_TEST

/* ---- straps in words, each chip's own ---- */

static const struct {
	const char *greeting;
	unsigned strap; /* boot pin low, and the second one where it may not be */
	const char *words;
} straps[] = {
	{ "ets Jul 29 2019 12:21:46", 0x0b, "GPIO0 low, GPIO2 high (download needs it low)" },
	{ "ESP-ROM:esp32s2-rc4-20191025", 0x04, "GPIO0 low, GPIO46 high (download needs it low)" },
	{ "ESP-ROM:esp32s3-20210327", 0x04, "GPIO0 low, GPIO46 high (download needs it low)" },
	{ "ESP-ROM:esp8684-api2-20220127", 0x01, "GPIO9 low, GPIO8 low (download needs it high)" },
	{ "ESP-ROM:esp32c3-api1-20210207", 0x02, "GPIO9 low, GPIO8 low (download needs it high)" },
	{ "ESP-ROM:esp32c5-eco2-20250121", 0x10,
	  "GPIO28 low, GPIO27 low (download needs it high)" },
	{ "ESP-ROM:esp32c6-20220919", 0x40, "GPIO9 low, GPIO8 low (download needs it high)" },
	{ "ESP-ROM:esp32c61-eco3-20250304", 0x00, "GPIO9 low, GPIO8 low (download needs it high)" },
	{ "ESP-ROM:esp32h2-20221101", 0x03, "GPIO9 low, GPIO8 low (download needs it high)" },
	{ "ESP-ROM:esp32p4-eco2-20240710", 0x303,
	  "GPIO35 low, GPIO36 low (download needs it high)" },
	{ "ESP-ROM:esp32s31-20250101", 0x03, "GPIO61 low, GPIO60 low (download needs it high)" },
};
#define STRAPS (int)(sizeof(straps) / sizeof(straps[0]))

START_TEST(straps_are_told_in_the_pins_of_the_chip)
{
	char text[256], quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE];
	struct ef_evidence ev;

	(void)snprintf(text, sizeof(text), "%s\r\n\r\nrst:0x1 (POWERON),boot:0x%x (ATE_BOOT)\r\n",
		       straps[_i].greeting, straps[_i].strap);
	ev = evidence_of(text);
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_BOOT_MODE);
	ef_diagnose_quote(&ev, quote, meaning);
	ck_assert_str_eq(meaning, straps[_i].words);
}
END_TEST

START_TEST(boot_pin_alone_decides_where_the_name_is_cut)
{
	bool is_old = strncmp(straps[_i].greeting, "ets", 3) == 0;
	struct ef_evidence ev;
	char text[256];

	(void)snprintf(text, sizeof(text), "%s\r\n\r\nrst:0x1 (POWERON),boot:0x%x (SPI_FA",
		       straps[_i].greeting, straps[_i].strap | (is_old ? 0x10u : 0x08u));
	ev = evidence_of(text);
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_FLASH_BOOT);
}
END_TEST

/* ---- damaged greetings ---- */

#define ETS  "ets Jul 29 2019 12:21:46\r\n\r\n"
#define CHAT "I (1896) app: still here, temperature 21.5\r\n"
static const struct {
	const char *text;
	enum ef_verdict verdict;
} damaged[] = {
	/* an application prints into the ROM's line */
	{ ETS "rst:0x1 (POWERON_RESET),boot:" CHAT "0x12 (SPI_FAST_FLASH_BOOT)\r\n" CHAT CHAT,
	  EF_VERDICT_FLASH_BOOT },
	{ ETS "rst:0x1 (POWERON_RESET),boot:" CHAT CHAT CHAT CHAT, EF_VERDICT_FLASH_BOOT },
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x12 (SPI_F" CHAT "configsip: 0, SPIWP:0xee\r\n",
	  EF_VERDICT_FLASH_BOOT },
	/* lost: the mode, but not what follows; nothing follows in download mode */
	{ ETS "rst:0x1 (POWERON_RESET),bot:0x12 (SPI_FAS_FLASH_BOOT)\r\n"
	      "configsip: 0, SPIWP:0xee\r\nclk_drv:0x00,q_drv:0x00\r\nmode:DIO, clock div:2\r\n"
	      "load:0x3fff0008,len:8\r\n",
	  EF_VERDICT_FLASH_BOOT },
	{ "ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"
	  "rst:0x1 (POWERON),bot:0x7 (DOWLOAD(USB/UART0/1))\r\nwaiting for dwnload\r\n",
	  EF_VERDICT_NONE },
	/* both decisive lines are there; one is enough */
	{ ETS "rst:0x1 (POWERON_RESET),bot:0x3 (DONLOAD_BOOT\r\nwaiting for download\r\n",
	  EF_VERDICT_NO_SYNC_REPLY },
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0\r\nwating for downlod\r\n",
	  EF_VERDICT_NO_SYNC_REPLY },
};
#define DAMAGED (int)(sizeof(damaged) / sizeof(damaged[0]))

START_TEST(damaged_greeting_is_no_other_mode)
{
	const struct ef_evidence ev = evidence_of(damaged[_i].text);

	ck_assert_msg(ef_diagnose(&ev) == damaged[_i].verdict, "%s: %s", damaged[_i].text,
		      ef_verdict_info(ef_diagnose(&ev))->name);
}
END_TEST

/* ---- a ROM that prints at 74880 baud ---- */

static const struct {
	const char *text;
	enum ef_verdict verdict;
} slow[] = {
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n",
	  EF_VERDICT_OTHER_RATE },
	/* in download mode the rate does no harm: the ROM measures the host's */
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0))\r\n"
	      "waiting for download\r\n",
	  EF_VERDICT_NO_SYNC_REPLY },
	{ ETS "rst:0x1 (POWERON_RESET),boot:0xb (HSPI_FLASH_BOOT)\r\n", EF_VERDICT_BOOT_MODE },
	{ ETS "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n",
	  EF_VERDICT_BROWNOUT },
	/* 26 MHz is what most C2 have */
	{ "ESP-ROM:esp8684-api2-20220127\r\nBuild:Jan 27 2022\r\n"
	  "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n",
	  EF_VERDICT_FLASH_BOOT },
};
#define SLOW (int)(sizeof(slow) / sizeof(slow[0]))

START_TEST(rate_of_the_rom_is_the_cause_only_where_it_can_be)
{
	struct ef_evidence ev = evidence_of(slow[_i].text);
	struct ef_err err = EF_ERR_INIT;

	ev.text_rate_hz = 74880;
	ck_assert_msg(ef_diagnose(&ev) == slow[_i].verdict, "%s: %s", slow[_i].text,
		      ef_verdict_info(ef_diagnose(&ev))->name);
	ck_assert(!ef_diagnose_fail(&ev, "p", &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "readable at 74880 baud"));
}
END_TEST

/* ---- an application without a greeting before it ---- */

static void start_alike(struct ef_evidence *ev, unsigned n)
{
	static const char head[] = "hello, world, here I am\r\nsetup begins now\r\n";

	for (unsigned i = 0; i < n; i++) {
		struct ef_attempt *a = &ev->attempt[i];

		*a = (struct ef_attempt){ .strategy = "classic",
					  .bytes = sizeof(head) - 1,
					  .seen = EF_VERDICT_APP_UNAFFECTED };
		a->head_len = sizeof(head) - 1;
		memcpy(a->head, head, a->head_len);
	}
	ev->attempts = n;
}

START_TEST(same_first_lines_prove_a_restart_only_if_reset_silences)
{
	struct ef_evidence ev = evidence_of("hello, world, here I am\r\nsetup begins now\r\n");

	start_alike(&ev, 6);
	/* an application that prints this now and then looks the same */
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
	ev.was_held = true;
	ev.held_bytes = 42;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
	ev.held_bytes = 0;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_FLASH_BOOT);
	/* silent while EN was held, but the outputs differ: it may have been silent by chance */
	ev.attempt[3].head[0] = 'H';
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
	ev.attempt[3].head[0] = 'h';
	ev.attempt[3].seen = EF_VERDICT_SILENT;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
	start_alike(&ev, 2);
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_APP_UNAFFECTED);
}
END_TEST

/* ---- a port whose lines are not to be used ---- */

START_TEST(no_reset_is_not_blamed_on_the_port)
{
	struct ef_evidence ev = evidence_of(ETS "rst:0x1 (POWERON_RESET),boot:0x13 "
						"(SPI_FAST_FLASH_BOOT)\r\n");
	struct ef_err err = EF_ERR_INIT;

	ev.has_lines = false;
	ev.resets = 0;
	ck_assert(!ef_diagnose_fail(&ev, "p", &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "flash, and this port has no lines to change that"));
	ef_err_clear(&err);
	ev.is_kept = true;
	ck_assert(!ef_diagnose_fail(&ev, "p", &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "flash, and this session may not change that; it"));
}
END_TEST

/* ---- the quoted line ---- */

START_TEST(long_line_is_quoted_from_its_start)
{
	char text[400], quote[EF_QUOTE_SIZE], meaning[EF_MEANING_SIZE];
	struct ef_evidence ev;

	(void)snprintf(text, sizeof(text), "x\r\nGuru Meditation%0250d\r\n", 1);
	ev = evidence_of(text);
	ef_diagnose_quote(&ev, quote, meaning);
	ck_assert_int_eq(strncmp(quote, "Guru Meditation000", 18), 0);
	ck_assert_uint_eq(strlen(quote), EF_QUOTE_SIZE - 1);
}
END_TEST

Suite *suite_boot_log(void);
Suite *suite_boot_log(void)
{
	Suite *s = suite_create("boot_log");
	TCase *t = tcase_create("logs");

	tcase_add_loop_test(t, every_word_of_a_waiting_rom_is_known, 0, WAITING);
	tcase_add_loop_test(t, every_mode_of_the_roms_has_its_verdict, 0, MODES);
	tcase_add_loop_test(t, straps_are_told_in_the_pins_of_the_chip, 0, STRAPS);
	tcase_add_loop_test(t, boot_pin_alone_decides_where_the_name_is_cut, 0, STRAPS);
	tcase_add_loop_test(t, damaged_greeting_is_no_other_mode, 0, DAMAGED);
	tcase_add_loop_test(t, rate_of_the_rom_is_the_cause_only_where_it_can_be, 0, SLOW);
	tcase_add_test(t, same_first_lines_prove_a_restart_only_if_reset_silences);
	tcase_add_test(t, no_reset_is_not_blamed_on_the_port);
	tcase_add_test(t, long_line_is_quoted_from_its_start);
	suite_add_tcase(s, t);
	return s;
}
