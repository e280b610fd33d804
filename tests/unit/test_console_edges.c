/* SPDX-License-Identifier: MIT */
/*
 * The edges of the console's reader: what makes a banner, a log line, a mention, text and
 * noise, with the whole event of each line. Lines are those of mask ROMs, ESP-IDF and Rust's core
 * (see test_console.c), cut or damaged by one character.
 */
#include <espflash/console.h>

#include "base/util.h"
#include "ck_ef.h"

/* What lies behind a line is no part of it, even if it would fit. */
static void classify(const char *line, struct ef_console_event *ret)
{
	static char text[512];

	(void)snprintf(text, sizeof(text), "%sf0)\"", line);
	ef_console_classify(text, strlen(line), ret);
}

/* ---- banners ---- */

#define FLASH    EF_CONSOLE_MODE_FLASH
#define DOWNLOAD EF_CONSOLE_MODE_DOWNLOAD
#define OTHER    EF_CONSOLE_MODE_OTHER
#define NO_MODE  EF_CONSOLE_MODE_UNKNOWN
#define NONE     EF_CONSOLE_CAUSE_NONE
#define NUMBER_0 0xffffffffu /* there is no number */

static const struct {
	const char *line;
	enum ef_console_mode mode;
	enum ef_console_cause cause;
	uint32_t reset, straps;
	const char *text;
} banners[] = {
	{ "rst:0x1 (POWERON),boot:0x13 (SPI_FAST_FLASH_BOOT)", FLASH, NONE, 1, 0x13, "POWERON" },
	{ "rst:0x12345678 (A),boot:0x9abcdef0 (X_BOOT)", OTHER, NONE, 0x12345678, 0x9abcdef0, "A" },
	{ "rst:0x1 (A),boot:0x4 (DOWNLOAD(USB/UART0))", DOWNLOAD, NONE, 1, 4, "A" },
	{ "rst:0x1 (A),boot:0x4 (UART0_BOOT)", DOWNLOAD, NONE, 1, 4, "A" },
	{ "rst:0x1 (A),boot:0x4 (USB_BOOT)", DOWNLOAD, NONE, 1, 4, "A" },
	{ "rst:0x1 (A),boot:0x4 (SDIO_REI_FEO_V1_BOOT)", OTHER, NONE, 1, 4, "A" },
	{ "rst:0x1 (A),boot:0x4 (new mode)", NO_MODE, NONE, 1, 4, "A" },
	{ "boot:0x4 (DOWNLOAD(USB/UART0))", DOWNLOAD, NONE, NUMBER_0, 4, "" },
	{ "boot:0x (DOWNLOAD(USB/UART0))", DOWNLOAD, NONE, NUMBER_0, NUMBER_0, "" },
	{ "\x01\x02 (DOWNLOAD(USB/UART0))", DOWNLOAD, NONE, NUMBER_0, NUMBER_0, "" },
	{ "SPI_FAST_FLASH_BOOT)", FLASH, NONE, NUMBER_0, NUMBER_0, "" },
	{ "rst:0x1 (POWERON", NO_MODE, NONE, 1, NUMBER_0, "" },
	{ "rst:0x1 (A_1", NO_MODE, NONE, 1, NUMBER_0, "" },
	{ "rst:0x1 (Z9A", NO_MODE, NONE, 1, NUMBER_0, "" },
	{ "rst:0x1 (),boot:0x13 (SPI_FAST_FLASH_BOOT)", FLASH, NONE, 1, 0x13, "" },
	{ "abcrst:0x1 (A),boot:0x13 (SPI_FAST_FLASH_BOOT)", FLASH, NONE, 1, 0x13, "A" },
	{ "ab\x01\x02"
	  "rst:0x1 (A),boot:0x13 (X_BOOT)",
	  OTHER, NONE, 1, 0x13, "A" },
	/* causes: all names that the ROMs have for them */
	{ "rst:0xf (BROWNOUT_RST),boot:0x8 (X_BOOT)", OTHER, EF_CONSOLE_CAUSE_BROWNOUT, 15, 8,
	  "BROWNOUT_RST" },
	{ "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x8 (X_BOOT)", OTHER, EF_CONSOLE_CAUSE_BROWNOUT,
	  15, 8, "RTCWDT_BROWN_OUT_RESET" },
	{ "rst:0xf (LP_BOD_SYS),boot:0x8 (X_BOOT)", OTHER, EF_CONSOLE_CAUSE_BROWNOUT, 15, 8,
	  "LP_BOD_SYS" },
	{ "rst:0x1 (CPU_LOCKUP),boot:0x8 (X_BOOT)", OTHER, EF_CONSOLE_CAUSE_LOCKUP, 1, 8,
	  "CPU_LOCKUP" },
	{ "rst:0x1 (RTCWDT_SYS_RST),boot:0x8 (X_BOOT)", OTHER, NONE, 1, 8, "RTCWDT_SYS_RST" },
	{ "rst:0x1 (RTC_WDT_X),boot:0x8 (X_BOOT)", OTHER, NONE, 1, 8, "RTC_WDT_X" },
	{ "rst:0x1 (LP_WDT_SYS),boot:0x8 (X_BOOT)", OTHER, NONE, 1, 8, "LP_WDT_SYS" },
	{ "rst:0x7 (TG0WDT_SYS_RST),boot:0x8 (X_BOOT)", OTHER, EF_CONSOLE_CAUSE_WATCHDOG, 7, 8,
	  "TG0WDT_SYS_RST" },
	{ "rst:0x5 (DSLEEP),boot:0x8 (X_BOOT)", OTHER, EF_CONSOLE_CAUSE_WAKE_UP, 5, 8, "DSLEEP" },
	{ "rst:0x5 (PMU_SYS_PWR_DOWN_RESET),boot:0x8 (X_BOOT)", OTHER, EF_CONSOLE_CAUSE_WAKE_UP, 5,
	  8, "PMU_SYS_PWR_DOWN_RESET" },
};

START_TEST(a_banner_in_full)
{
	struct ef_console_event e;

	classify(banners[_i].line, &e);
	ck_assert_int_eq(e.kind, EF_CONSOLE_RESET);
	ck_assert_int_eq(e.stage, EF_CONSOLE_ROM);
	ck_assert_str_eq(e.source, "ROM");
	ck_assert_int_eq(e.mode, banners[_i].mode);
	ck_assert_int_eq(e.cause, banners[_i].cause);
	ck_assert_int_eq(e.has_reset, banners[_i].reset != NUMBER_0);
	ck_assert_int_eq(e.has_straps, banners[_i].straps != NUMBER_0);
	if (e.has_reset)
		ck_assert_uint_eq(e.reset, banners[_i].reset);
	if (e.has_straps)
		ck_assert_uint_eq(e.straps, banners[_i].straps);
	ck_assert_str_eq(e.text, banners[_i].text);
}
END_TEST

/* An application's text before the words, and banners that are damaged too much. */
static const char *const no_banners[] = {
	"abcdrst:0x1 (A),boot:0x13 (SPI_FAST_FLASH_BOOT)",
	"rst:0x1 (see",
	"rst:0x1 (POW-ON",
	"rst:0x1 (AB",
	"xrst:0x1 (POWERON",
	"rst:0x1",
	"rst:0x (POWERON",
	"rst:0x1 POWERON",
	"boot:0x13 (new mode)",
	"page (DOWNLOAD here)",
};

START_TEST(no_banner)
{
	struct ef_console_event e;

	classify(no_banners[_i], &e);
	ck_assert_msg(e.kind == EF_CONSOLE_TEXT, "%s: %d", no_banners[_i], e.kind);
	ck_assert_str_eq(e.text, "");
}
END_TEST

/* ---- other lines ---- */

static const struct {
	const char *line;
	enum ef_console_kind kind;
	const char *source, *text;
	bool is_erased;
	uint32_t offset;
} lines[] = {
	/* all eight digits are f: flash is erased there */
	{ "invalid header: 0xffffffff", EF_CONSOLE_FAILURE, "ROM", "", true, 0 },
	{ "invalid header: 0xfffffffe", EF_CONSOLE_FAILURE, "ROM", "", false, 0 },
	{ "invalid header: 0xfffffff", EF_CONSOLE_FAILURE, "ROM", "", false, 0 },
	/* what an ESP8266 says, which needs both words */
	{ "rst cause:2, boot mode:(3,6)", EF_CONSOLE_GREETING, "ROM", "esp8266", false, 0 },
	{ "rst cause:2, boot mod:(3,6)", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "rst caus:2, boot mode:(3,6)", EF_CONSOLE_TEXT, "", "", false, 0 },
	/* where an app is */
	{ "I (4) boot: Loaded app from partition at offset 0x110000", EF_CONSOLE_LOADED, "ESP-IDF",
	  "", false, 0x110000 },
	/* a tag that begins as the bootloader's do is one of them */
	{ "I (4) boot.esp32s3: Loaded app from partition at offset 0x110000", EF_CONSOLE_LOADED,
	  "ESP-IDF", "", false, 0x110000 },
	{ "I (4) boot: Loaded app from partition at offset 0x", EF_CONSOLE_LOADER_LINE, "ESP-IDF",
	  "", false, 0 },
	{ "I (4) boot: Loaded app from partition at offset 1", EF_CONSOLE_LOADED, "ESP-IDF", "",
	  false, 1 },
	{ "I (4) boot: Loaded app from partition at offset 12345678z", EF_CONSOLE_LOADED, "ESP-IDF",
	  "", false, 0x12345678 },
	/* rows of the table */
	{ "I (62) boot:  0 nvs  WiFi data  01 02 00009000 00006000", EF_CONSOLE_PARTITION,
	  "ESP-IDF", "nvs", false, 0x9000 },
	{ "I (62) boot: 12 a 01 00009000 00006000", EF_CONSOLE_PARTITION, "ESP-IDF", "a", false,
	  0x9000 },
	{ "I (62) boot:  x nvs  WiFi data  01 02 00009000 00006000", EF_CONSOLE_LOADER_LINE,
	  "ESP-IDF", "", false, 0 },
	{ "I (62) boot:  0xnvs  WiFi data  01 02 00009000 00006000", EF_CONSOLE_LOADER_LINE,
	  "ESP-IDF", "", false, 0 },
	{ "I (62) boot:  0 nvs  WiFi data  01 02 00009000 0000600", EF_CONSOLE_LOADER_LINE,
	  "ESP-IDF", "", false, 0 },
	{ "I (62) boot:  0 nvs  WiFi data  01 02 00009000x00006000", EF_CONSOLE_LOADER_LINE,
	  "ESP-IDF", "", false, 0 },
	{ "I (62) boot:  0 nvs  WiFi data  01 02 0000900x 00006000", EF_CONSOLE_LOADER_LINE,
	  "ESP-IDF", "", false, 0 },
	{ "E (62) boot:  0 nvs  WiFi data", EF_CONSOLE_FAILURE, "ESP-IDF", "", false, 0 },
	/* panics of Rust */
	{ "panicked at src/main.rs:1:2:", EF_CONSOLE_CRASH, "Rust", "", false, 0 },
	{ "panicked at 'text', src/main.c", EF_CONSOLE_CRASH, "Rust", "", false, 0 },
	{ "panicked at \"text\"", EF_CONSOLE_CRASH, "Rust", "", false, 0 },
	{ "panicked at src/main.c", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "panicked at ", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "thread 'main' panicked at src/main.rs:1:2:", EF_CONSOLE_CRASH, "Rust", "", false, 0 },
	{ "the thread panicked at src/main.rs:1:2:", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "thread 'main'panicked at src/main.rs:1:2:", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "ERROR panicked at src/main.rs:1:2:", EF_CONSOLE_CRASH, "Rust", "", false, 0 },
	{ "ERROR - panicked at src/main.rs:1:2:", EF_CONSOLE_CRASH, "Rust", "", false, 0 },
	{ "ERROR - it panicked at src/main.rs:1:2:", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "INFO - panicked at src/main.rs:1:2:", EF_CONSOLE_TEXT, "", "", false, 0 },
	/* mentions: in quotes, behind an equals sign, in another log line */
	{ "was \"Brownout detector was triggered\"", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "was (Brownout detector was triggered)", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "was=Brownout detector was triggered", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "was: Brownout detector was triggered", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "was:   Brownout detector was triggered", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "was Brownout detector was triggered", EF_CONSOLE_CRASH, "ESP-IDF", "", false, 0 },
	{ "I (5) a: Brownout detector was triggered", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "I (5) a: teBrownout detector was triggered", EF_CONSOLE_CRASH, "ESP-IDF", "", false, 0 },
	{ "E (5) a: Brownout detector was triggered", EF_CONSOLE_CRASH, "ESP-IDF", "", false, 0 },
	{ "E (5) a: b Brownout detector was triggered", EF_CONSOLE_TEXT, "", "", false, 0 },
	/* readable or not */
	{ "abc", EF_CONSOLE_NOISE, "", "", false, 0 },
	{ "abcd", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "a b c", EF_CONSOLE_NOISE, "", "", false, 0 },
	{ "a\tb\bc\x1b"
	  "d",
	  EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "abcd\x1f", EF_CONSOLE_NOISE, "", "", false, 0 },
	{ "abcd\x7f", EF_CONSOLE_NOISE, "", "", false, 0 },
	{ "abcd\xff", EF_CONSOLE_NOISE, "", "", false, 0 },
	{ "\t \r abcd \r ", EF_CONSOLE_TEXT, "", "", false, 0 },
	{ "\t", EF_CONSOLE_EMPTY, "", "", false, 0 },
	{ " \r", EF_CONSOLE_EMPTY, "", "", false, 0 },
	/* waiting for a host: a few bytes of noise may follow, words may not */
	{ "waiting for downloadabc", EF_CONSOLE_WAITS, "ROM", "", false, 0 },
	{ "waiting for downloadabcd", EF_CONSOLE_TEXT, "", "", false, 0 },
	/* "rst:0x" near the start: what follows is the ROM's */
	{ "abcrst:0x1 waiting for download", EF_CONSOLE_WAITS, "ROM", "", false, 0 },
	{ "abcdrst:0x1 waiting for download", EF_CONSOLE_TEXT, "", "", false, 0 },
};

START_TEST(a_line_in_full)
{
	struct ef_console_event e;

	classify(lines[_i].line, &e);
	ck_assert_msg(e.kind == lines[_i].kind, "kind %d: %s", e.kind, lines[_i].line);
	ck_assert_str_eq(e.source, lines[_i].source);
	ck_assert_str_eq(e.text, lines[_i].text);
	ck_assert_int_eq(e.is_erased, lines[_i].is_erased);
	ck_assert_uint_eq(e.offset, lines[_i].offset);
	ck_assert_int_eq(e.is_unsupported, e.kind == EF_CONSOLE_GREETING);
}
END_TEST

/* A text that does not fit is cut at 64 bytes. */
START_TEST(long_names_are_cut)
{
	char line[200] = "I (1) app_init: Project name:     ";
	struct ef_console_event e;
	size_t len = strlen(line);

	memset(line + len, 'n', 100);
	ef_console_classify(line, len + 64, &e);
	ck_assert_uint_eq(strlen(e.text), 64);
	ef_console_classify(line, len + 65, &e);
	ck_assert_uint_eq(strlen(e.text), 64);
	ef_console_classify(line, len + 63, &e);
	ck_assert_uint_eq(strlen(e.text), 63);
}
END_TEST

/* ---- log lines ---- */

static const struct {
	const char *text;
	char level; /* 0: it is none */
	size_t tag, tag_len, at;
} logs[] = {
	{ "I (1) a: b", 'I', 6, 1, 9 },
	{ "I (1) a:b", 'I', 6, 1, 8 },
	{ "I (1) a:", 'I', 6, 1, 8 },
	{ "I (1) a: ", 'I', 6, 1, 9 },
	{ "I (1) two words: b", 'I', 6, 9, 17 },
	{ "W (12:00:01.123) a: b", 'W', 17, 1, 20 },
	{ "E a: b", 'E', 2, 1, 5 },
	{ "D a:", 'D', 2, 1, 4 },
	{ "V a:b:c", 'V', 2, 1, 4 },
	{ "ERROR - x", 'E', 0, 0, 8 },
	{ "WARN - x", 'W', 0, 0, 7 },
	{ "INFO - ", 'I', 0, 0, 7 },
	{ "DEBUG - x", 'D', 0, 0, 8 },
	{ "TRACE - x", 'V', 0, 0, 8 },
	{ "INFO -", 0, 0, 0, 0 },
	{ "I (1)", 0, 0, 0, 0 },
	{ "I (1) ", 0, 0, 0, 0 },
	{ "I (1) :", 0, 0, 0, 0 },
	{ "I (1)xa:b", 0, 0, 0, 0 },
	{ "I (1 a:b", 0, 0, 0, 0 },
	{ "I do think: x", 0, 0, 0, 0 },
	{ "X (1) a: b", 0, 0, 0, 0 },
	{ "I(1) a: b", 0, 0, 0, 0 },
	{ "I a", 0, 0, 0, 0 },
	{ "I :x", 0, 0, 0, 0 },
	{ "I a x", 0, 0, 0, 0 },
};

START_TEST(a_log_line)
{
	struct ef_console_log log;

	ef_console_log_line(logs[_i].text, strlen(logs[_i].text), &log);
	ck_assert_int_eq(log.level, logs[_i].level);
	ck_assert_uint_eq(log.at, logs[_i].at);
	ck_assert_uint_eq(log.tag_len, logs[_i].tag_len);
	if (log.tag_len)
		ck_assert_ptr_eq(log.tag, logs[_i].text + logs[_i].tag);
	else
		ck_assert_str_eq(log.tag, "");
}
END_TEST

/* ---- rates ---- */

/* Sixteen bytes are judged; a quarter of them must be no text for the rate to be wrong. */
static const struct {
	const char *data;
	size_t len;
	bool is_text, is_garbage;
} data[] = {
	{ "0123456789abcdef", 16, true, false },
	{ "0123456789abcde", 15, false, false },
	{ "0123456789abcdef\0", 17, true, false },
	{ "0123456789abcde\0", 16, false, false },
	{ "0123456789abc\1\2\3", 16, false, false },
	{ "0123456789ab\1\2\3\4", 16, false, true },
	{ "0123456789a\1\2\3\4", 15, false, false },
	{ "\a\b\t\n\v\f\r\x1b"
	  "01234567",
	  16, true, false },
	{ "0123456789abcde\6", 16, false, false },
	{ "0123456789abcde\x0e", 16, false, false },
	{ "0123456789abcde\x1a", 16, false, false },
	{ "0123456789abcde\x1c", 16, false, false },
	{ "0123456789abcde\x1f", 16, false, false },
	{ "0123456789abcde ", 16, true, false },
	{ "0123456789abcde~", 16, true, false },
	{ "0123456789abcde\x7f", 16, false, false },
	{ "0123456789abcd\xc2\x80", 16, false, false },
	{ "0123456789abcd\xc2\x9f", 16, false, false },
	{ "0123456789abcd\xc2\xa0", 16, true, false },
	{ "0123456789abcde\xc2", 16, true, false }, /* its second byte is still to come */
	{ "0123456789abc\xe2\x82", 15, false, false },
	{ "0123456789abcd\xf0\x9f\x98", 17, true, false },
	{ "0123456789abcd\xc2xx", 17, false, false },
	{ "0123456789abcd\xc2x", 16, false, false },
	{ "0123456789abcde\xc2\x80", 16, true, false }, /* the end is before its second byte */
	{ "0123456789ab\xff\xff\xff\xff", 16, false, true },
	{ "\xff\xff\xff\xff"
	  "0123456789ab",
	  16, false, true },
};

START_TEST(text_and_garbage)
{
	ck_assert_int_eq(ef_console_is_text(data[_i].data, data[_i].len), data[_i].is_text);
	ck_assert_int_eq(ef_console_is_garbage(data[_i].data, data[_i].len), data[_i].is_garbage);
}
END_TEST

START_TEST(rates_in_order)
{
	static const uint32_t want[] = { 74880,  115200, 9600,  57600, 460800,
					 921600, 230400, 38400, 0 };

	for (size_t i = 0; i < EF_ARRAY_LEN(want); i++)
		ck_assert_uint_eq(ef_console_rates[i], want[i]);
}
END_TEST

/* ---- bytes to lines ---- */

static char got[2 * EF_CONSOLE_LINE_MAX];
static unsigned count;

static void take(void *user, const char *line, size_t len, const struct ef_console_event *event)
{
	(void)user;
	(void)event;
	ck_assert_uint_lt(len, sizeof(got));
	memcpy(got, line, len);
	got[len] = '\0';
	count++;
}

START_TEST(lines_end)
{
	static struct ef_console c;
	char text[EF_CONSOLE_LINE_MAX + 10];

	count = 0;
	ef_console_feed(&c, "\r\n\n\0\r", 5, take, NULL);
	ck_assert_uint_eq(count, 0);
	ef_console_feed(&c, "a\0b\r\n", 5, take, NULL);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(got, "ab");
	ef_console_feed(&c, "\x1b[0;32mgreen\x1b[0m\nnext", 21, take, NULL);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(got, "green");
	ef_console_feed(&c, "\r", 1, take, NULL);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(got, "next");
	memset(text, 'x', sizeof(text));
	text[EF_CONSOLE_LINE_MAX - 2] = 'y';
	text[EF_CONSOLE_LINE_MAX - 1] = 'z';
	text[sizeof(text) - 1] = '\n';
	ef_console_feed(&c, text, sizeof(text), take, NULL);
	ck_assert_uint_eq(count, 4);
	ck_assert_uint_eq(strlen(got), EF_CONSOLE_LINE_MAX - 1);
	ck_assert_int_eq(got[EF_CONSOLE_LINE_MAX - 2], 'y');
}
END_TEST

Suite *suite_console_edges(void);
Suite *suite_console_edges(void)
{
	Suite *s = suite_create("console_edges");
	TCase *t = tcase_create("console_edges");

	tcase_add_loop_test(t, a_banner_in_full, 0, (int)EF_ARRAY_LEN(banners));
	tcase_add_loop_test(t, no_banner, 0, (int)EF_ARRAY_LEN(no_banners));
	tcase_add_loop_test(t, a_line_in_full, 0, (int)EF_ARRAY_LEN(lines));
	tcase_add_test(t, long_names_are_cut);
	tcase_add_loop_test(t, a_log_line, 0, (int)EF_ARRAY_LEN(logs));
	tcase_add_loop_test(t, text_and_garbage, 0, (int)EF_ARRAY_LEN(data));
	tcase_add_test(t, rates_in_order);
	tcase_add_test(t, lines_end);
	suite_add_tcase(s, t);
	return s;
}
