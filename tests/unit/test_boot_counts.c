/* SPDX-License-Identifier: MIT */
/*
 * What each line of a boot log counts as, which line is found, and how it is quoted. The numbers
 * of resets are those of esptool's and ESP-IDF's documents (src/chip/boot_words.c has the sources).
 */
#include "ck_ef.h"
#include "flasher/boot_log.h"

#define C3        "ESP-ROM:esp32c3-api1-20210207\r\n"
#define ETS       "ets Jun  8 2016 00:22:57\r\n\r\n"
#define FAST      ",boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
#define DOWNLOAD  ",boot:0x7 (DOWNLOAD(USB/UART0/1))\r\n"
#define EMPTY_ROM "invalid header: 0xffffffff\r\n"

static struct ef_rx_log rx;

static void heard(const char *text)
{
	memset(&rx, 0, sizeof(rx));
	rx.len = rx.total = strlen(text);
	memcpy(rx.data, text, rx.len);
}

/* ---- counting ---- */

static const struct {
	const char *text;
	struct ef_boot_counts want;
} logs[] = {
	{ "", { 0 } },
	{ C3 "rst:0x1 (POWERON)" FAST, { .starts = 1 } },
	{ C3 "rst:0x3 (RTC_SW_SYS_RST)" FAST, { .software = 1 } },
	{ C3 "rst:0x7 (TG0WDT_SYS_RST)" FAST, { .watchdog = 1 } },
	{ C3 "rst:0xf (BROWN_OUT_RST)" FAST, { .power = 1 } },
	/* a code that no chip has */
	{ C3 "rst:0x2 (NOBODY)" FAST, { 0 } },
	/* 23 is the supply on a C3; the ESP32 has no such code */
	{ C3 "rst:0x17 (PWR_GLITCH)" FAST, { .power = 1 } },
	{ "rst:0x17 (PWR_GLITCH)" FAST, { 0 } },
	{ C3 "rst:0x1 (POWERON)" FAST ETS "rst:0x17 (PWR_GLITCH)" FAST, { .starts = 1 } },
	/* 4 and 14 are the ESP32's */
	{ "rst:0x4 (OWDT_RESET)" FAST, { .watchdog = 1 } },
	{ C3 "rst:0xe (EXT_CPU_RESET)" FAST, { 0 } },
	{ ETS "rst:0xe (EXT_CPU_RESET)" FAST, { .software = 1 } },
	/* a watchdog that ends download mode */
	{ C3 "rst:0x10 (RTCWDT_RTC_RST)" DOWNLOAD, { .watchdog = 1, .download_restarts = 1 } },
	{ C3 "rst:0x1 (POWERON)" DOWNLOAD, { .starts = 1 } },
	{ C3 "rst:0x10 (RTCWDT_RTC_RST)" FAST, { .watchdog = 1 } },
	/* only the start of a line that has arrived as a whole */
	{ C3 "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)", { 0 } },
	{ C3 "rst:0x7 (TG0WDT_SYS_RST)\r\n", { 0 } }, /* a crash handler's words */
	{ C3 "rst:0x7 (TG0WDT_SYS_RST),b\r\n", { 0 } },
	{ EMPTY_ROM EMPTY_ROM, { .empty = 2 } },
	{ "invalid header: 0x12345678\r\n", { 0 } },
	{ "waiting for download\r\n", { .downloads = 1 } },
	{ "waiting for download", { 0 } },
	{ "waiting for download\r\n\r\n\nwaiting for download\n", { .downloads = 2 } },
	{ C3 "rst:0x1 (POWERON)" FAST C3 "rst:0x1 (POWERON)" FAST EMPTY_ROM,
	  { .starts = 2, .empty = 1 } },
};
#define LOGS ((int)EF_ARRAY_LEN(logs))

START_TEST(lines_are_counted)
{
	struct ef_boot_counts got = { 0 };

	for (unsigned times = 1; times <= 2; times++) { /* the counts add up */
		ef_boot_count((const uint8_t *)logs[_i].text, strlen(logs[_i].text), &got);
		ck_assert_uint_eq(got.starts, times * logs[_i].want.starts);
		ck_assert_uint_eq(got.software, times * logs[_i].want.software);
		ck_assert_uint_eq(got.watchdog, times * logs[_i].want.watchdog);
		ck_assert_uint_eq(got.power, times * logs[_i].want.power);
		ck_assert_uint_eq(got.download_restarts, times * logs[_i].want.download_restarts);
		ck_assert_uint_eq(got.empty, times * logs[_i].want.empty);
		ck_assert_uint_eq(got.downloads, times * logs[_i].want.downloads);
	}
}
END_TEST

/* ---- finding ---- */

static long at(const uint8_t *line)
{
	return line ? (long)(line - rx.data) : -1;
}

START_TEST(first_and_last_line)
{
	const long first = (long)strlen(C3),
		   second = first + (long)strlen("rst:0x1 (POWERON)" FAST);

	heard(C3 "rst:0x1 (POWERON)" FAST "rst:0xf (BROWN_OUT_RST)" DOWNLOAD "hello\r\n");
	ck_assert_int_eq(at(boot_find_first(&rx, boot_is_banner)), first);
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_banner)), second);
	ck_assert_int_eq(at(boot_find_first(&rx, boot_is_flash_mode)), first);
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_flash_mode)), first);
	ck_assert_int_eq(at(boot_find_first(&rx, boot_is_download_mode)), second);
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_power)), second);
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_start)), second);
	heard("hello\r\n");
	ck_assert_int_eq(at(boot_find_first(&rx, boot_is_banner)), -1);
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_start)), -1);
	heard("I (29) boot: ESP-IDF v5.2 2nd stage bootloader\r\n");
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_start)), 0);
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_banner)), -1);
	/* a banner whose straps are damaged is no start */
	heard("rst:0x7 (TG0WDT_SYS_RST),b\r\n");
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_banner)), 0);
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_start)), -1);
}
END_TEST

/* A log that dropped bytes may begin within a line: a ROM's words can't be told from others. */
START_TEST(line_that_was_cut)
{
	heard("rst:0x1 (POWERON)" FAST "hello\r\n");
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_banner)), 0);
	rx.total = rx.len + 1;
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_banner)), -1);
	heard("x\nrst:0x1 (POWERON)" FAST);
	rx.total = rx.len + 1;
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_banner)), 2);
	heard("\nrst:0x1 (POWERON)" FAST);
	rx.total = rx.len + 1;
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_banner)), 1);
	/* the last line need not have its end */
	heard("hello\r\nrst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)");
	ck_assert_int_eq(at(boot_find_last(&rx, boot_is_banner)), 7);
}
END_TEST

START_TEST(chip_of_a_log)
{
	static const struct {
		const char *text, *chip;
	} names[] = {
		{ C3, "esp32c3" },
		{ ETS, "esp32" },
		{ C3 ETS, "esp32c3" }, /* the words of an ESP32 are older than the other's */
		{ ETS C3, "esp32c3" },
		{ "ESP-ROM:nobody\r\n", NULL },
		{ "hello\r\n", NULL },
		{ "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", "esp32" },
		{ "rst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", "esp32" },
		{ "rst:0x11 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", NULL },
		{ "rst:0x1 (POWERON),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", NULL },
		{ "rst:0x1 (_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", NULL },
		{ "rst:0x1 (X_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", "esp32" },
		{ "rst:0x1 (POWERON_RESETS),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", NULL },
	};
	const struct ef_chip *chip;

	heard(names[_i].text);
	chip = boot_chip(&rx);
	if (names[_i].chip)
		ck_assert_str_eq(chip ? chip->name : "none", names[_i].chip);
	else
		ck_assert_ptr_null(chip);
}
END_TEST

/* ---- the message ---- */

START_TEST(line_is_quoted_in_plain_bytes)
{
	char quote[EF_QUOTE_SIZE];

	heard("a b~\x7f\x01\x1f\x80 c\r\nnext");
	boot_quote_line(&rx, rx.data, quote);
	ck_assert_str_eq(quote, "a b~ c");
	heard("\x1b[0;32mgreen\x1b[0m end");
	boot_quote_line(&rx, rx.data, quote);
	ck_assert_str_eq(quote, "green end");
	heard("one\ntwo");
	boot_quote_line(&rx, rx.data + 4, quote);
	ck_assert_str_eq(quote, "two");
}
END_TEST

START_TEST(numbers_in_words)
{
	static const struct {
		const char *text;
		bool with_pins;
		const char *words;
	} lines[] = {
		{ C3 "rst:0x1 (POWERON)" FAST, false, "" }, /* that is what a reset of ours does */
		{ C3 "rst:0x7 (TG0WDT_SYS_RST)" FAST, false,
		  "started by: watchdog of timer group 0" },
		{ C3 "rst:0x2 (NOBODY)" FAST, false, "" },
		{ C3 "rst:0x12 (SUPER_WDT_RESET),boot:0x1 (SPI_DOWNLOAD_BOOT)\r\n", true,
		  "GPIO9 low, GPIO8 low (download needs it high); started by: super watchdog" },
		{ C3 "rst:0x12 (SUPER_WDT_RESET),boot:0x1 (SPI_DOWNLOAD_BOOT)\r\n", false,
		  "started by: super watchdog" },
		{ C3 "rst:0x1 (POWERON),boot:0xc (X)\r\n", true,
		  "GPIO9 high (download needs it low), GPIO8 high" },
		{ C3 "rst:0x12 (SUPER_WDT_RESET),b\r\n", true, "started by: super watchdog" },
		/* whose pins these are is not known */
		{ "rst:0x12 (SUPER_WDT_RST),boot:0x1 (SPI_DOWNLOAD_BOOT)\r\n", true, "" },
		{ C3 "hello\r\n", true, "" },
	};
	char words[EF_MEANING_SIZE] = "";
	const char *line = strchr(lines[_i].text, '\n');

	heard(lines[_i].text);
	line = strncmp(lines[_i].text, "ESP", 3) == 0 ? line + 1 : lines[_i].text;
	boot_meaning(&rx, rx.data + (line - lines[_i].text), lines[_i].with_pins, words);
	ck_assert_str_eq(words, lines[_i].words);
	words[0] = '\0';
	boot_meaning(&rx, NULL, true, words);
	ck_assert_str_eq(words, "");
}
END_TEST

/* Lines of four bytes and more count; a ROM that waits prints two, after its greeting four. */
START_TEST(damaged_banner_is_judged_by_what_follows)
{
	static const struct {
		const char *text;
		enum ef_verdict verdict;
	} heads[] = {
		{ C3, EF_VERDICT_BOOT_MODE },
		{ C3 "1234\n1234\n1234\n1234\n", EF_VERDICT_BOOT_MODE },
		{ C3 "1234\n1234\n1234\n1234\n1234\n", EF_VERDICT_FLASH_BOOT },
		{ C3 "1234\n1234\n1234\n1234\n1234", EF_VERDICT_BOOT_MODE },
		{ C3 "1234\n1234\n1234\n1234\n123\n123\n", EF_VERDICT_BOOT_MODE },
		{ C3 "1234\r\n\r\n1234\r\n1234\n\n\n1234\r1234\r", EF_VERDICT_FLASH_BOOT },
		{ "rst:0x7 (TG0WDT_SYS_RST),b\n1234\n1234\n", EF_VERDICT_BOOT_MODE },
		{ "rst:0x7 (TG0WDT_SYS_RST),b\n1234\n1234\n1234\n", EF_VERDICT_FLASH_BOOT },
	};
	struct boot_log log;

	heard(heads[_i].text);
	boot_log_read(&rx, &log);
	ck_assert_int_eq(log.verdict, heads[_i].verdict);
	ck_assert_int_eq(at(log.line), 0);
	ck_assert(!log.has_mode);
}
END_TEST

Suite *suite_boot_counts(void);
Suite *suite_boot_counts(void)
{
	Suite *s = suite_create("boot_counts");
	TCase *t = tcase_create("boot_counts");

	tcase_add_loop_test(t, lines_are_counted, 0, LOGS);
	tcase_add_test(t, first_and_last_line);
	tcase_add_test(t, line_that_was_cut);
	tcase_add_loop_test(t, chip_of_a_log, 0, 13);
	tcase_add_test(t, line_is_quoted_in_plain_bytes);
	tcase_add_loop_test(t, numbers_in_words, 0, 9);
	tcase_add_loop_test(t, damaged_banner_is_judged_by_what_follows, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
