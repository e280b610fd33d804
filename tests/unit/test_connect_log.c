/* SPDX-License-Identifier: MIT */
/*
 * What connecting keeps of the bytes it hears: which of two logs says more, what each attempt
 * caused, and when another rate is worth a try. Boot logs are as the chips print them.
 */
#include "flasher/connect_priv.h"
#include "flasher/flasher_priv.h"
#include "ck_ef.h"
#include "rig/fake_port.h"

#define ETS "ets Jun  8 2016 00:22:57\r\n\r\n"
#define IDF "I (29) boot: ESP-IDF v5.2 2nd stage bootloader\r\nI (30) boot: revision: v3.0\r\n"

static struct ef_flasher f;
static struct fake_port port;

static struct ef_rx_log log_of(const char *text)
{
	struct ef_rx_log rx = { .len = strlen(text), .total = strlen(text) };

	memcpy(rx.data, text, rx.len);
	return rx;
}

/* ---- which log says more ---- */

static const struct {
	const char *text;
	int rank;
} ranks[] = {
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0))\r\nwaiting for download\r\n",
	  3 },
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x12 (HSPI_FLASH_BOOT)\r\n", 2 },
	/* the name of the mode is cut, so the mode may be another */
	{ "ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0x2", 1 },
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", 1 },
	{ "\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n", 1 },
	{ "hello, here is an application\r\n", 0 },
	{ "\x01\x02\x03\x04\x05\x06", 0 },
	{ "", 0 },
};

START_TEST(rank_of_a_log)
{
	const struct ef_rx_log rx = log_of(ranks[_i].text);

	ck_assert_int_eq(connect_log_rank(&rx), ranks[_i].rank);
}
END_TEST

/* ---- the strap bit decides where the name of the mode is missing ---- */

static const struct {
	const char *text;
	enum ef_verdict verdict;
} straps[] = {
	/* esptool boot-mode-selection.rst: GPIO0 is bit 4 of the ESP32's straps, bit 3 later */
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x10 ", EF_VERDICT_FLASH_BOOT },
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x0f ", EF_VERDICT_BOOT_MODE },
	{ "ESP-ROM:esp32c3-api1\r\nrst:0x1 (POWERON),boot:0x8 ", EF_VERDICT_FLASH_BOOT },
	{ "ESP-ROM:esp32c3-api1\r\nrst:0x1 (POWERON),boot:0x17 ", EF_VERDICT_BOOT_MODE },
	/* a ROM that waits prints two lines at most; what has less than four bytes is noise */
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x0f \r\nabcd\r\nabcd\r\n", EF_VERDICT_BOOT_MODE },
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x0f \r\nabcd\r\nabcd\r\nabcd\r\n",
	  EF_VERDICT_FLASH_BOOT },
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x0f \r\nabc\r\nabc\r\nabc\r\nabc\r\n",
	  EF_VERDICT_BOOT_MODE },
};

START_TEST(strap_bit_of_the_boot_pin)
{
	const struct ef_rx_log rx = log_of(straps[_i].text);

	ck_assert_str_eq(ef_verdict_info(ef_diagnose_log(&rx))->name,
			 ef_verdict_info(straps[_i].verdict)->name);
}
END_TEST

/* ---- what a reset caused ---- */

static void start(void)
{
	memset(&f, 0, sizeof(f));
	fake_init(&port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	f.port = &port.base;
	f.port->rate_hz = 115200;
}

static void attempt(const char *text)
{
	connect_log_begin(&f, "classic", false);
	connect_log_reset(&f);
	f.record.rx = log_of(text);
	connect_log_bytes(&f);
	connect_log_end(&f);
}

static const struct {
	const char *text;
	struct ef_reactions want;
} reactions[] = {
	{ ETS "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", { .restarts = 1 } },
	/* the ROM is muted by an eFuse: the bootloader's lines come without a reason */
	{ IDF, { .restarts = 1, .unnamed = 1 } },
	{ "\x01\x02\x03\x04\x05\x06", { .garbled = 1 } },
	{ "hello, here is an application\r\n", { 0 } },
	{ "", { 0 } },
};

START_TEST(reaction_to_a_reset)
{
	const struct ef_reactions *r = &f.record.evidence.reactions;
	const struct ef_reactions *want = &reactions[_i].want;

	start();
	attempt(reactions[_i].text);
	ck_assert_uint_eq(r->restarts, want->restarts);
	ck_assert_uint_eq(r->unnamed, want->unnamed);
	ck_assert_uint_eq(r->garbled, want->garbled);
	/* without a reset, a start is a reaction to nothing */
	connect_log_begin(&f, "", false);
	f.record.rx = log_of(reactions[_i].text);
	connect_log_end(&f);
	ck_assert_uint_eq(r->restarts, want->restarts);
	ck_assert_uint_eq(r->unnamed, want->unnamed);
	ck_assert_uint_eq(r->garbled, want->garbled);
}
END_TEST

/* ---- another rate ---- */

static bool wants(unsigned attempt_no, unsigned resets, const char *text)
{
	struct ef_evidence *ev = &f.record.evidence;

	start();
	ev->has_lines = true;
	ev->syncs = 12;
	for (unsigned i = 0; i < resets; i++) {
		attempt(text);
		ev->resets++;
		connect_log_keep(&f);
	}
	return connect_log_wants_other_rate(&f, attempt_no);
}

/* From the second attempt on, where the resets brought nothing that can be read. */
START_TEST(garbage_makes_us_try_another_rate)
{
	static const char noise[] = "\xfe\x81\x93\xe3\xfc\x80\xe0\x9c\x8e\xf0\x82\x1f";
	struct ef_evidence *ev = &f.record.evidence;

	ck_assert(wants(2, 2, noise));
	ck_assert(!wants(1, 2, noise));
	ck_assert(!wants(2, 1, noise));
	ck_assert(!wants(3, 3, noise));
	ck_assert(!wants(2, 2, "hello, here is an application\r\n"));
	ck_assert(!wants(2, 2, ETS "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"));
	/* colours are not garbage */
	ck_assert(!wants(2, 2, "\x1b[0m\x1b[1m\x1b[2m"));
	ck_assert(!wants(2, 2, "\r\n\r\n\r\n\r\nhello"));
	/* it begins with garbage and goes on with text: the application sets its own rate */
	ck_assert(wants(
		2, 2,
		"\xfe\x81\x93\xe3\xfc\x80\xe0\x9c\x8e\xf0\x82\x1f"
		"hello, here is an application of many words, and they go on and on and on\r\n"
		"hello, here is an application of many words, and they go on and on and on\r\n"));
	ck_assert(wants(2, 2, noise));
	ev->is_native_usb = true;
	ck_assert(!connect_log_wants_other_rate(&f, 2));
	ev->is_native_usb = false;
	f.port->caps = EF_PORT_HAS_LINES;
	ck_assert(!connect_log_wants_other_rate(&f, 2));
	/* what was read at that rate decides afterwards */
	ev->text_rate_hz = 74880;
	ck_assert(connect_log_wants_other_rate(&f, 7));
	ev->text_rate_hz = 9600;
	ck_assert(!connect_log_wants_other_rate(&f, 7));
	ev->text_rate_hz = 74880;
	ev->has_lines = false;
	ck_assert(!connect_log_wants_other_rate(&f, 7));
}
END_TEST

/* What can be read at 74880 baud is kept, once. */
START_TEST(rate_that_can_be_read_is_noted)
{
	struct ef_evidence *ev = &f.record.evidence;

	start();
	f.rom_rate_hz = 115200;
	f.record.rx = log_of(ETS "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n");
	connect_log_note_rate(&f);
	ck_assert_uint_eq(ev->text_rate_hz, 0);
	f.port->rate_hz = 74880;
	f.rom_rate_hz = 74880; /* the user's own rate is not a discovery */
	connect_log_note_rate(&f);
	ck_assert_uint_eq(ev->text_rate_hz, 0);
	f.rom_rate_hz = 115200;
	f.record.rx = log_of("\xfe\x81\x93\xe3\xfc\x80\xe0\x9c\x8e\xf0\x82\x1f");
	connect_log_note_rate(&f);
	ck_assert_uint_eq(ev->text_rate_hz, 0);
	f.record.rx = log_of(ETS "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n");
	connect_log_note_rate(&f);
	ck_assert_uint_eq(ev->text_rate_hz, 74880);
	ck_assert_uint_eq(ev->rx.len, f.record.rx.len);
}
END_TEST

/* ---- which log is kept ---- */

static void keeps(const char *heard, const char *kept)
{
	const struct ef_rx_log *rx = &f.record.evidence.rx;

	f.record.evidence.resets++; /* the first one begins a new log */
	attempt(heard);
	connect_log_keep(&f);
	ck_assert_uint_eq(rx->len, strlen(kept));
	ck_assert_int_eq(memcmp(rx->data, kept, rx->len), 0);
}

#define BOOTED ETS "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
#define WAITS                                                                                      \
	ETS "rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0))\r\nwaiting for download\r\n"
#define BROWNOUT ETS "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"

START_TEST(log_that_says_most_is_kept)
{
	start();
	keeps("hello, here is an application\r\n", "hello, here is an application\r\n");
	keeps(BOOTED, BOOTED);
	keeps("hello, here is an application\r\n", BOOTED);
	keeps("", BOOTED);
	/* of two equal ones, the last, unless only the first names a failing supply */
	keeps(BROWNOUT, BROWNOUT);
	keeps(BOOTED, BROWNOUT);
	keeps(WAITS, WAITS);
}
END_TEST

/* What came before a reset says less than anything that came after one. */
START_TEST(stray_bytes_are_kept_until_a_reset_is_answered)
{
	start();
	f.record.evidence.rx = log_of(WAITS);
	f.record.is_kept_stray = true;
	keeps("", WAITS);
	keeps("hello, here is an application\r\n", "hello, here is an application\r\n");
	/* from here on, the log that says more is kept */
	keeps(BOOTED, BOOTED);
	keeps("hello, here is an application\r\n", BOOTED);
	/* what was read at another rate takes the place of stray bytes, too */
	start();
	f.rom_rate_hz = 115200;
	f.port->rate_hz = 74880;
	f.record.evidence.rx = log_of("hello, here is an application\r\n");
	f.record.is_kept_stray = true;
	f.record.rx = log_of(BOOTED);
	connect_log_note_rate(&f);
	keeps("hello, here is an application\r\n", BOOTED);
}
END_TEST

Suite *suite_connect_log(void);
Suite *suite_connect_log(void)
{
	Suite *s = suite_create("connect_log");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, rank_of_a_log, 0, (int)EF_ARRAY_LEN(ranks));
	tcase_add_loop_test(t, strap_bit_of_the_boot_pin, 0, (int)EF_ARRAY_LEN(straps));
	tcase_add_loop_test(t, reaction_to_a_reset, 0, (int)EF_ARRAY_LEN(reactions));
	tcase_add_test(t, garbage_makes_us_try_another_rate);
	tcase_add_test(t, rate_that_can_be_read_is_noted);
	tcase_add_test(t, log_that_says_most_is_kept);
	tcase_add_test(t, stray_bytes_are_kept_until_a_reset_is_answered);
	suite_add_tcase(s, t);
	return s;
}
