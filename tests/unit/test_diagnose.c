/* SPDX-License-Identifier: MIT */
/*
 * The classifier against boot logs as the chips print them. Texts are from
 * Espressif's documents (esptool boot-mode-selection.rst, ESP-IDF's fatal
 * errors and startup guides) and from public reports of failed connections.
 */
#include <stdio.h>

#include <espflash/flasher.h>

#include "base/bytes.h"
#include "ck_ef.h"

#define ESP32_FLASH                                                                                \
	"ets Jun  8 2016 00:22:57\r\n\r\n"                                                         \
	"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"                              \
	"configsip: 0, SPIWP:0xee\r\n"                                                             \
	"clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00\r\n"
#define ESP32_DOWNLOAD                                                                             \
	"ets Jun  8 2016 00:22:57\r\n\r\n"                                                         \
	"rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\n"        \
	"waiting for download\r\n"
#define C3_FLASH                                                                                   \
	"ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"                                   \
	"rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\nSPIWP:0xee\r\n"
#define C3_DOWNLOAD                                                                                \
	"ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"                                   \
	"rst:0x1 (POWERON),boot:0x7 (DOWNLOAD(USB/UART0/1))\r\nwaiting for download\r\n"
#define S3_DOWNLOAD                                                                                \
	"ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n"                                        \
	"rst:0x15 (USB_UART_CHIP_RESET),boot:0x0 (DOWNLOAD(USB/UART0))\r\n"                        \
	"Saved PC:0x40041a76\r\nwaiting for download\r\n"
#define APP "I (1234) main: temperature 21.5 C\r\nI (2234) main: temperature 21.6 C\r\n"
#define SYNC_FRAME                                                                                 \
	"\xc0\x00\x08\x24\x00\x00\x00\x00\x00\x07\x07\x12\x20UUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUU"     \
	"\xc0"
/* an ESP32-C2's log at 74880 baud, read at 115200 */
#define NOISE "\x00\x8e\xfe\x1c\xf0\x82\x93\x00\xe3\xfc\x00\x0c\x80\xe0\x9c\x00\x1f"

struct shape {
	const char *rx;
	size_t len;
	bool has_lines;
	enum ef_verdict verdict;
	const char *words, *evidence, *next;
};
#define RX(text) text, sizeof(text) - 1

static const struct shape shapes[] = {
	{ RX(""), true, EF_VERDICT_SILENT, "no byte came back", "", "list-ports" },
	{ RX(""), false, EF_VERDICT_SILENT, "no lines to reset", "", "hold BOOT" },
	{ RX(ESP32_FLASH), true, EF_VERDICT_FLASH_BOOT, "boot pin was not low",
	  "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)", "EN and GND" },
	{ RX(ESP32_FLASH), false, EF_VERDICT_FLASH_BOOT, "no lines to change that", "boot:0x13",
	  "--before no-reset" },
	{ RX(C3_FLASH APP), true, EF_VERDICT_FLASH_BOOT, "boots from flash",
	  "boot:0x8 (SPI_FAST_FLASH_BOOT)", "hold BOOT" },
	{ RX(ESP32_DOWNLOAD), true, EF_VERDICT_NO_SYNC_REPLY, "does not hear us",
	  "waiting for download", "adapter's TX" },
	/* the real ROMs' words for straps that allow download by UART only; they wait mutely */
	{ RX("ets Jul 29 2019 12:21:46\r\n\r\n"
	     "rst:0x1 (POWERON_RESET),boot:0xf (UART_BOOT(UART0))\r\n"),
	  true, EF_VERDICT_NO_SYNC_REPLY, "does not hear us", "UART_BOOT", "adapter's TX" },
	{ RX("ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"
	     "rst:0x1 (POWERON),boot:0x2 (UART0_BOOT)\r\n"),
	  true, EF_VERDICT_NO_SYNC_REPLY, "does not hear us", "UART0_BOOT", "adapter's TX" },
	{ RX(C3_DOWNLOAD), true, EF_VERDICT_NO_SYNC_REPLY, "does not hear us",
	  "waiting for download", "adapter's TX" },
	{ RX(S3_DOWNLOAD), false, EF_VERDICT_NO_SYNC_REPLY, "does not hear us",
	  "waiting for download", "adapter's TX" },
	/* cut off after the boot line */
	{ RX("rst:0x1 (POWERON),boot:0x7 (DOWNLOAD(USB/UART0/1))"), true, EF_VERDICT_NO_SYNC_REPLY,
	  "does not hear us", "boot:0x7", "adapter's TX" },
	/* it was in download mode, but is no longer: the last start counts */
	{ RX(ESP32_DOWNLOAD ESP32_FLASH), true, EF_VERDICT_FLASH_BOOT, "boots from flash",
	  "SPI_FAST_FLASH_BOOT", "hold BOOT" },
	{ RX(ESP32_FLASH ESP32_DOWNLOAD), true, EF_VERDICT_NO_SYNC_REPLY, "does not hear us",
	  "waiting for download", "adapter's TX" },
	/* no name behind the number: GPIO0 is bit 4 on the ESP32, the boot pin bit 3 later */
	{ RX("ets Jun  8 2016 00:22:57\r\nrst:0x10 (RTCWDT_RTC_RESET),boot:0x33 "), true,
	  EF_VERDICT_FLASH_BOOT, "boots from flash", "boot:0x33", "hold BOOT" },
	{ RX("ESP-ROM:esp32c6-20220919\r\nrst:0x1 (POWERON),boot:0xc"), true, EF_VERDICT_FLASH_BOOT,
	  "boots from flash", "boot:0xc", "hold BOOT" },
	{ RX("ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0x2"), true,
	  EF_VERDICT_BOOT_MODE, "neither download nor flash", "boot:0x2", "strap" },
	/* other straps, as in user reports */
	{ RX("rst:0x1 (POWERON_RESET),boot:0x12 (SPI_FLASH_BOOT)\r\n"), true, EF_VERDICT_BOOT_MODE,
	  "neither download nor flash", "SPI_FLASH_BOOT", "GPIO2" },
	{ RX("ESP-ROM:esp32c3-api1\r\nrst:0x1 (POWERON),boot:0x1 (SPI_DOWNLOAD_BOOT)\r\n"), true,
	  EF_VERDICT_BOOT_MODE, "neither download nor flash", "boot:0x1", "GPIO8" },
	/* the numbers as pins, by chip (esptool boot-mode-selection.rst) */
	{ RX("ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"
	     "rst:0x1 (POWERON),boot:0x1 (SPI_DOWNLOAD_BOOT)\r\n"),
	  true, EF_VERDICT_BOOT_MODE, "neither download nor flash",
	  "GPIO9 low, GPIO8 low (download needs it high)", "GPIO8" },
	{ RX("ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n"
	     "rst:0x1 (POWERON),boot:0x4 (SPI_DOWNLOAD_BOOT)\r\n"),
	  true, EF_VERDICT_BOOT_MODE, "neither download nor flash",
	  "GPIO0 low, GPIO46 high (download needs it low)", "GPIO46" },
	{ RX("ESP-ROM:esp32p4-eco2-20240710\r\nBuild:Jul 10 2024\r\n"
	     "rst:0x1 (POWERON),boot:0x303 (SPI_DOWNLOAD_BOOT)\r\n"),
	  true, EF_VERDICT_BOOT_MODE, "neither download nor flash",
	  "GPIO35 low, GPIO36 low (download needs it high)", "strap" },
	{ RX("ets Jun  8 2016 00:22:57\r\n\r\nrst:0x1 (POWERON_RESET),boot:0xb "
	     "(HSPI_FLASH_BOOT)\r\n"),
	  true, EF_VERDICT_BOOT_MODE, "neither download nor flash",
	  "GPIO0 low, GPIO2 high (download needs it low)", "GPIO2" },
	{ RX("rst:0x1 (POWERON_RESET),boot:0xb (HSPI_FLASH_BOOT)\r\n"), true, EF_VERDICT_BOOT_MODE,
	  "neither download nor flash", "HSPI_FLASH_BOOT", "strap" },
	{ RX("\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n\r\nload 0x40100000\r\n"), true,
	  EF_VERDICT_ESP8266, "ESP8266", "boot mode:(3,6)", "esptool" },
	/* the ROM muted, the bootloader not */
	{ RX("I (29) boot: ESP-IDF v5.2 2nd stage bootloader\r\nI (30) boot: revision: v3.0\r\n"),
	  true, EF_VERDICT_FLASH_BOOT, "boots from flash", "2nd stage bootloader", "hold BOOT" },
	{ RX(APP), true, EF_VERDICT_APP_UNAFFECTED, "DTR and RTS don't reach the chip",
	  "temperature 21.6 C", "--before no-reset" },
	{ RX(APP), false, EF_VERDICT_APP_UNAFFECTED, "no lines to reset", "temperature 21.6 C",
	  "hold BOOT" },
	/* an application that only speaks of such things */
	{ RX("I (75) ota: waiting for download from server\r\n"), true, EF_VERDICT_APP_UNAFFECTED,
	  "DTR and RTS don't reach the chip", "from server", "hold BOOT" },
	{ RX("I (76) diag: last reset rst:0x1 boot:0x3 ok\r\n"), true, EF_VERDICT_APP_UNAFFECTED,
	  "DTR and RTS don't reach the chip", "last reset", "hold BOOT" },
	{ RX("[prox] client said: invalid header: 0xffffffff\r\n"), true, EF_VERDICT_APP_UNAFFECTED,
	  "DTR and RTS don't reach the chip", "client said", "hold BOOT" },
	{ RX("\xd0\xa2\xd0\xb5\xd0\xbc\xd0\xbf 21,5 \xc2\xb0"
	     "C; \xe6\xb8\xa9\xe5\xba\xa6\xe6\xad\xa3\xe5\xb8\xb8\r\n"),
	  true, EF_VERDICT_APP_UNAFFECTED, "DTR and RTS don't reach the chip", "21,5",
	  "hold BOOT" },
	/* a console that echoes what can be typed */
	{ RX("esp32> \x07\x07\x12 UUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUU\r\nUnrecognized command\r\n"),
	  true, EF_VERDICT_APP_UNAFFECTED, "DTR and RTS don't reach the chip", "", "hold BOOT" },
	/* a slow board: our next reset cut the ROM's banner off */
	{ RX("\r\nrst:0x1 (POWERON"), true, EF_VERDICT_NONE, "", "", "" },
	/* what the ESP32's mask ROM sends back from its command interpreter (under emulation) */
	{ RX("\xc0\x08 \x08$\x07\x07\x12 UUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUU\xc0"), false,
	  EF_VERDICT_APP_UNAFFECTED, "no lines to reset", "", "hold BOOT" },
	{ RX("\x1b[0;32mI (1) x: colours\x1b[0m\r\n"), true, EF_VERDICT_APP_UNAFFECTED,
	  "keeps running", "'I (1) x: colours'", "hold BOOT" },
	/* the banner of our reset is the evidence, not the application's own restart */
	{ RX(ESP32_FLASH "rst:0x3 (SW_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"), true,
	  EF_VERDICT_FLASH_BOOT, "boot pin was not low", "'rst:0x1 (POWERON_RESET)", "hold BOOT" },
	{ RX(SYNC_FRAME SYNC_FRAME), true, EF_VERDICT_ECHO, "our own bytes come back", "",
	  "TX goes to the chip's RX" },
	{ RX(NOISE), true, EF_VERDICT_GARBAGE, "neither text nor an answer", "008efe1c", "ground" },
	{ RX("U"), true, EF_VERDICT_GARBAGE, "neither text", "55", "slower rate" },
	{ RX(C3_FLASH "rst:0xf (BROWNOUT_RST),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"), true,
	  EF_VERDICT_BROWNOUT, "supply is too weak", "BROWNOUT_RST", "another cable" },
	{ RX(ESP32_FLASH "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"),
	  true, EF_VERDICT_BROWNOUT, "supply is too weak", "RTCWDT_BROWN_OUT_RESET",
	  "another cable" },
	{ RX("ESP-ROM:esp32c6-20220919\r\nBuild:Sep 19 2022\r\n"
	     "rst:0xf (LP_BOD_SYS),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"),
	  true, EF_VERDICT_BROWNOUT, "supply is too weak", "LP_BOD_SYS", "another cable" },
	{ RX("ets Jul 29 2019 12:21:46\r\n\r\n"
	     "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
	     "invalid header: 0xffffffff\r\ninvalid header: 0xffffffff\r\n"),
	  true, EF_VERDICT_EMPTY_FLASH, "flash, which is empty", "boot:0x13", "hold BOOT" },
	/* it restarts again and again without a reset by us */
	{ RX("ets Jul 29 2019 12:21:46\r\n\r\n"
	     "rst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
	     "invalid header: 0xffffffff\r\nets Jul 29 2019 12:21:46\r\n\r\n"
	     "rst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"),
	  true, EF_VERDICT_WATCHDOG, "restarts by itself", "RTC watchdog", "hold BOOT" },
};

static struct ef_evidence evidence_of(const struct shape *s)
{
	struct ef_evidence ev = { .syncs = 36,
				  .resets = s->has_lines ? 7 : 0,
				  .has_lines = s->has_lines,
				  .reactions = { .deaf_attempts = 7 } };

	/* the chip starts with each reset, unless it says itself that it starts otherwise */
	if (s->verdict != EF_VERDICT_WATCHDOG)
		ev.reactions.restarts = ev.resets;

	ck_assert_uint_le(s->len, sizeof(ev.rx.data));
	memcpy(ev.rx.data, s->rx, s->len);
	ev.rx.len = s->len;
	ev.rx.total = s->len;
	return ev;
}

START_TEST(shape_gives_its_verdict_and_words)
{
	const struct shape *s = &shapes[_i];
	const struct ef_evidence ev = evidence_of(s);
	struct ef_err err = EF_ERR_INIT;

	ck_assert_int_eq(ef_diagnose(&ev), s->verdict);
	ck_assert(!ef_diagnose_fail(&ev, "/dev/ttyUSB7", &err));
	ck_assert_int_eq(err.code, ef_verdict_info(s->verdict)->code);
	ck_assert_msg(strstr(err.msg, "'/dev/ttyUSB7'") != NULL, "%s", err.msg);
	ck_assert_msg(strstr(err.msg, s->words) != NULL, "%s", err.msg);
	ck_assert_msg(strstr(err.msg, s->evidence) != NULL, "%s", err.msg);
	ck_assert_msg(strstr(err.msg, s->has_lines ? "7 resets" : "no reset") != NULL, "%s",
		      err.msg);
	ck_assert_msg(strstr(ck_hint(&err), s->next) != NULL, "%s", ck_hint(&err));
	/* neither is cut, and no control character of the chip's got through */
	ck_assert_uint_lt(strlen(err.msg), EF_ERR_MSG_SIZE - 1);
	ck_assert_uint_lt(strlen(ck_hint(&err)), HINT_WORDS_SIZE - 1);
	ck_assert_ptr_eq(strpbrk(err.msg, "\r\n\x1b"), NULL);
}
END_TEST

/*
 * Which reset caused each start? "Reset works" needs a start after each reset; the numbers in
 * between say only that it isn't known.
 */
static const struct {
	unsigned resets, restarts, starts;
	enum ef_verdict verdict;
} matches[] = {
	{ 7, 7, 7, EF_VERDICT_FLASH_BOOT },    { 7, 6, 6, EF_VERDICT_FLASH_BOOT },
	{ 7, 5, 5, EF_VERDICT_OTHER_STARTS },  { 7, 1, 1, EF_VERDICT_OTHER_STARTS },
	{ 7, 0, 0, EF_VERDICT_OTHER_STARTS },  { 7, 7, 10, EF_VERDICT_FLASH_BOOT },
	{ 7, 7, 40, EF_VERDICT_OTHER_STARTS }, { 3, 3, 3, EF_VERDICT_FLASH_BOOT },
	{ 3, 2, 2, EF_VERDICT_OTHER_STARTS },  { 2, 2, 2, EF_VERDICT_FLASH_BOOT },
	{ 1, 1, 1, EF_VERDICT_OTHER_STARTS },  { 0, 0, 1, EF_VERDICT_OTHER_STARTS },
};

START_TEST(reset_works_only_where_starts_match_resets)
{
	static const struct shape shape = { RX(ESP32_FLASH), .has_lines = true };
	struct ef_evidence ev = evidence_of(&shape);

	ev.resets = matches[_i].resets;
	ev.reactions.restarts = matches[_i].restarts;
	ev.boots.starts = matches[_i].starts;
	ev.boots.software = matches[_i].starts == 0;
	ck_assert_str_eq(ef_verdict_info(ef_diagnose(&ev))->name,
			 ef_verdict_info(matches[_i].verdict)->name);
	/* a muted ROM gives no reasons: then a chip that is held in reset has to be silent */
	ev.reactions.unnamed = 1;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_OTHER_STARTS);
	ev.was_held = true;
	ck_assert_int_eq(ef_diagnose(&ev), matches[_i].verdict);
	ev.held_bytes = 1;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_OTHER_STARTS);
}
END_TEST

START_TEST(deaf_only_if_download_mode_lasted)
{
	static const struct shape shape = { RX(ESP32_DOWNLOAD), .has_lines = true };
	struct ef_evidence ev = evidence_of(&shape);

	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_NO_SYNC_REPLY);
	ev.reactions.deaf_attempts = 1; /* of seven: by chance */
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_NONE);
	ev.resets = 0; /* only the user can have put it into download mode */
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_NO_SYNC_REPLY);
	ev.reactions.deaf_attempts = 0;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_NONE);
	/* our own bytes explain it better than a cut wire does */
	ev.reactions.deaf_attempts = 7;
	ev.reactions.echoes = 1;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_ECHO);
}
END_TEST

START_TEST(echoes_among_other_bytes)
{
	static const struct shape shape = { RX(ESP32_FLASH APP SYNC_FRAME APP), .has_lines = true };
	struct ef_evidence ev = evidence_of(&shape);

	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_FLASH_BOOT);
	ev.reactions.echoes = 17; /* of 36: an application may have returned a few */
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_FLASH_BOOT);
	ev.reactions.echoes = 18;
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_ECHO);
	ev.reactions = (struct ef_reactions){ .is_joined = true };
	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_ECHO);
}
END_TEST

/* ---- limits of what is text, and of what is an echo ---- */

/* Four bytes are the least, and four of five must belong to text. */
static const struct {
	const char *rx;
	size_t len;
	enum ef_verdict verdict;
} limits[] = {
	{ RX("abcd"), EF_VERDICT_APP_UNAFFECTED },
	{ RX("abc"), EF_VERDICT_GARBAGE },
	{ RX("abcdefghijklmnop\x01\x02\x03\x04"), EF_VERDICT_APP_UNAFFECTED },
	{ RX("abcdefghijklmno\x01\x02\x03\x04\x05"), EF_VERDICT_GARBAGE },
	{ RX("\r\n\t\x1b"), EF_VERDICT_APP_UNAFFECTED },
	{ RX("abc\x7f"), EF_VERDICT_GARBAGE },
	{ RX("abc\x1f"), EF_VERDICT_GARBAGE },
	{ RX("abc "), EF_VERDICT_APP_UNAFFECTED },
	{ RX("\xc3\xa9\xe2\x82\xac"), EF_VERDICT_APP_UNAFFECTED }, /* e-acute, euro */
	{ RX("\xc3\xa9\xe2\x82"), EF_VERDICT_GARBAGE },
	/* three of four bytes are our own SYNCs: 46 of 61, not 46 of 62 (most of which are U) */
	{ RX(SYNC_FRAME "0123456789abcde"), EF_VERDICT_ECHO },
	{ RX(SYNC_FRAME "0123456789abcdef"), EF_VERDICT_APP_UNAFFECTED },
	{ RX(SYNC_FRAME SYNC_FRAME "0123456789abcdef0123456789abcd"), EF_VERDICT_ECHO },
};

START_TEST(limits_of_text_and_echo)
{
	struct ef_rx_log rx = { .len = limits[_i].len, .total = limits[_i].len };

	memcpy(rx.data, limits[_i].rx, limits[_i].len);
	ck_assert_str_eq(ef_verdict_info(ef_diagnose_log(&rx))->name,
			 ef_verdict_info(limits[_i].verdict)->name);
}
END_TEST

/* ---- the exit status of each verdict ---- */

/*
 * Scripts branch on these numbers: 4 no answer, 20 not in download mode, 21 wiring, 22 noise,
 * 23 power, 8 not possible, 5 refused, 2 the command line (README.md and docs/troubleshooting.md).
 */
static const struct {
	const char *name;
	int status;
} statuses[] = {
	{ "unknown", 4 },         { "silent", 4 },          { "port-flaps", 23 },
	{ "usb-busy", 20 },       { "no-sync-reply", 21 },  { "flash-boot", 20 },
	{ "empty-flash", 20 },    { "other-starts", 20 },   { "boot-mode", 20 },
	{ "brownout", 23 },       { "restarts", 23 },       { "download-restarts", 23 },
	{ "app-unaffected", 20 }, { "echo", 21 },           { "other-rate", 22 },
	{ "garbage", 22 },        { "esp8266", 8 },         { "stub-refused", 5 },
	{ "no-flash", 8 },        { "secure-download", 8 }, { "wrong-chip", 2 },
};

START_TEST(exit_status_of_each_verdict)
{
	unsigned known = 0;

	for (size_t i = 0; i < EF_ARRAY_LEN(statuses); i++)
		for (unsigned v = 0; v < EF_VERDICT_COUNT; v++) {
			const struct ef_verdict_info *info = ef_verdict_info((enum ef_verdict)v);

			if (strcmp(info->name, statuses[i].name) != 0)
				continue;
			ck_assert_msg(ef_code_exit_status(info->code) == statuses[i].status, "%s",
				      info->name);
			known++;
		}
	ck_assert_uint_eq(known, EF_VERDICT_COUNT);
	ck_assert_uint_eq(known, EF_ARRAY_LEN(statuses));
}
END_TEST

START_TEST(nothing_tried_is_no_verdict)
{
	const struct ef_evidence ev = { .has_lines = true };

	ck_assert_int_eq(ef_diagnose(&ev), EF_VERDICT_NONE);
}
END_TEST

/* Every byte string has a verdict that is not silence, and an error record that fits. */
START_TEST(any_bytes_are_classified)
{
	struct ef_evidence ev = { .syncs = 1,
				  .has_lines = true,
				  .reactions = { .deaf_attempts = 1 } };
	uint32_t x = 0x2545f491u + (uint32_t)_i;

	ev.rx.len = sizeof(ev.rx.data) >> (_i % 12);
	ev.rx.total = ev.rx.len + (uint64_t)_i;
	for (size_t i = 0; i < ev.rx.len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		/* half of the runs are made of the letters that the classifier looks for */
		ev.rx.data[i] = _i % 2 ? (uint8_t)x : (uint8_t) "boot:0x1 (DOWNLrst\r\n"[x % 20];
	}
	for (int cut = 0; cut < 2; cut++) {
		struct ef_err err = EF_ERR_INIT;

		ck_assert(!ef_diagnose_fail(&ev, "p", &err));
		ck_assert_int_ne(ef_diagnose(&ev), EF_VERDICT_SILENT);
		/* and with a marker at the very end of the log */
		if (ev.rx.len >= 7)
			memcpy(ev.rx.data + ev.rx.len - 7, "boot:0x", 7);
	}
}
END_TEST

Suite *suite_diagnose(void);
Suite *suite_diagnose(void)
{
	Suite *s = suite_create("diagnose");
	TCase *t = tcase_create("verdicts");

	tcase_add_loop_test(t, shape_gives_its_verdict_and_words, 0,
			    (int)(sizeof(shapes) / sizeof(shapes[0])));
	tcase_add_loop_test(t, reset_works_only_where_starts_match_resets, 0,
			    (int)(sizeof(matches) / sizeof(matches[0])));
	tcase_add_test(t, deaf_only_if_download_mode_lasted);
	tcase_add_test(t, echoes_among_other_bytes);
	tcase_add_loop_test(t, limits_of_text_and_echo, 0, (int)EF_ARRAY_LEN(limits));
	tcase_add_test(t, exit_status_of_each_verdict);
	tcase_add_test(t, nothing_tried_is_no_verdict);
	tcase_add_loop_test(t, any_bytes_are_classified, 0, 200);
	suite_add_tcase(s, t);
	return s;
}
