/* SPDX-License-Identifier: MIT */
/*
 * Which line a verdict on a start quotes: the one that proves it to the user. The texts are those
 * of ESP-IDF's bootloader and log, as in test_listen.c.
 */
#include <espflash/flasher.h>

#include "ck_ef.h"

#define ROM                                                                                        \
	"ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"    \
	"load:0x3fcd5810,len:0x1570\r\nentry 0x403cc710\r\n"
#define IDF    "I (24) boot: ESP-IDF v5.5 2nd stage bootloader\r\n"
#define SLOT   "E (88) esp_image: image at 0x10000 has invalid magic byte (nothing flashed here?)"
#define OTHER  "I (480) boot: Loaded app from partition at offset 0x110000\r\n"
#define RIGHT  "I (480) boot: Loaded app from partition at offset 0x10000\r\n"
#define CPU    "I (133) cpu_start: Pro cpu start user code"
#define ABORT  "abort() was called at PC 0x400d1234"
#define NO_APP "E (66) boot: No bootable app partitions in the partition table\r\n"

static const struct {
	const char *text;
	enum ef_start_state state;
	const char *line;
	enum ef_console_stage stage; /* of a failure */
} cases[] = {
	/* another app: why the bootloader took it, else its first words, else its crash */
	{ ROM IDF SLOT "\r\n" OTHER CPU "\r\n", EF_START_OTHER_APP, SLOT, EF_CONSOLE_LOADER },
	{ ROM IDF OTHER CPU "\r\n", EF_START_OTHER_APP, CPU, EF_CONSOLE_UNKNOWN },
	{ ROM IDF OTHER ABORT "\r\n", EF_START_OTHER_APP, ABORT, EF_CONSOLE_UNKNOWN },
	{ ROM IDF OTHER CPU "\r\n" ABORT "\r\n", EF_START_OTHER_APP, CPU, EF_CONSOLE_UNKNOWN },
	/* the first failure of a boot has the reason, and its stage counts */
	{ ROM IDF "E (46) boot: load partition table error!\r\n" NO_APP, EF_START_NO_BOOT,
	  "E (46) boot: load partition table error!", EF_CONSOLE_LOADER },
	{ ROM "invalid header: 0xffffffff\r\n" NO_APP, EF_START_NO_BOOT,
	  "invalid header: 0xffffffff", EF_CONSOLE_ROM },
	/* two boots that failed: the reason of the present one, else that of the last */
	{ ROM IDF SLOT "\r\n" NO_APP ROM IDF NO_APP, EF_START_NO_BOOT,
	  "E (66) boot: No bootable app partitions in the partition table", EF_CONSOLE_LOADER },
	{ ROM IDF SLOT "\r\n" ROM IDF SLOT "\r\n" ROM, EF_START_NO_BOOT, SLOT, EF_CONSOLE_LOADER },
	/* the app that was expected, and crashed */
	{ ROM IDF RIGHT CPU "\r\n" ABORT "\r\n", EF_START_CRASHED, ABORT, EF_CONSOLE_UNKNOWN },
	{ ROM IDF RIGHT CPU "\r\nI (140) main: hello\r\n", EF_START_RUNNING, CPU,
	  EF_CONSOLE_UNKNOWN },
	/* neither colours nor control characters reach the user's terminal */
	{ ROM IDF RIGHT "\x1b[0;32mI (133) cpu_start: \x01"
			"Pro\x1b[0m\r\n",
	  EF_START_RUNNING, "I (133) cpu_start: ?Pro", EF_CONSOLE_UNKNOWN },
};

START_TEST(line_that_proves_it)
{
	const struct ef_start_expect expect = { .has_offset = true, .offset = 0x10000 };
	struct ef_start start;

	ef_start_judge(&expect, cases[_i].text, strlen(cases[_i].text), &start);
	ck_assert_msg(start.state == cases[_i].state, "%d, '%s' of\n%s", start.state, start.line,
		      cases[_i].text);
	ck_assert_str_eq(start.line, cases[_i].line);
	ck_assert_int_eq(start.stage, cases[_i].stage);
}
END_TEST

Suite *suite_start_line(void);
Suite *suite_start_line(void)
{
	Suite *s = suite_create("start_line");
	TCase *t = tcase_create("start_line");

	tcase_add_loop_test(t, line_that_proves_it, 0, sizeof(cases) / sizeof(cases[0]));
	suite_add_tcase(s, t);
	return s;
}
