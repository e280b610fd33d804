/* SPDX-License-Identifier: MIT */
/* What a chip's first output after a reset proves, and what it does not prove. */
#include "ck_ef.h"

#include "flasher_rig.h"

#define ROM                                                                                        \
	"ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x1 (POWERON),boot:0xc "        \
	"(SPI_FAST_FLASH_BOOT)\r\nSPIWP:0xee\r\nmode:DIO, clock div:1\r\n"                         \
	"load:0x3fcd5810,len:0x1570\r\nentry 0x403cc710\r\n"

static const struct {
	const char *text;
	enum ef_start_state state;
	const char *line;
} cases[] = {
	{ "", EF_START_SILENT, "" },
	{ ROM, EF_START_SILENT, "" },
	{ ROM "I (24) boot: ESP-IDF v5.1 2nd stage bootloader\r\n", EF_START_SILENT, "" },
	{ ROM "I (24) boot: x\r\nI (250) cpu_start: Pro cpu up.\r\n", EF_START_RUNNING,
	  "I (250) cpu_start: Pro cpu up." },
	{ ROM "Hello world!\r\n", EF_START_RUNNING, "Hello world!" },
	/* no whole line, no text at all */
	{ ROM "Hello wor", EF_START_SILENT, "" },
	{ "\x80\xf8\x9c\xe0\n\x01\x02zz\n", EF_START_SILENT, "" },
	/* USB consoles have no ROM text */
	{ "tick 1\r\n", EF_START_RUNNING, "tick 1" },
	{ "rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0))\r\nwaiting for download\r\n",
	  EF_START_DOWNLOAD, "waiting for download" },
	/* the C3's words with UART0 alone, and the ESP32 that has none */
	{ "rst:0x1 (POWERON),boot:0x6 (DOWNLOAD(UART0))\r\nwait uart0 download\r\n",
	  EF_START_DOWNLOAD, "wait uart0 download" },
	{ "rst:0x1 (POWERON_RESET),boot:0x7 (UART_BOOT(UART0))\r\n", EF_START_DOWNLOAD,
	  "rst:0x1 (POWERON_RESET),boot:0x7 (UART_BOOT(UART0))" },
	/* reset twice: the last banner counts */
	{ "rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\n" ROM,
	  EF_START_SILENT, "" },
	{ "rst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
	  "invalid header: 0xffffffff\r\ninvalid header: 0xffffffff\r\n",
	  EF_START_LOOP, "invalid header: 0xffffffff" },
	/* once is what some flash chips do after power-on */
	{ ROM "flash read err, 1000\r\n", EF_START_SILENT, "" },
	{ ROM ROM ROM, EF_START_LOOP, "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)" },
	/* a crash is no start */
	{ ROM
	  "Guru Meditation Error: Core  0 panic'ed (Load access fault)\r\nMEPC    : 0x42000000\r\n",
	  EF_START_CRASHED, "Guru Meditation Error: Core  0 panic'ed (Load access fault)" },
	/* the ESP32's ROM, seen with esp-hal's app under QEMU */
	{ ROM "Fatal exception (15): LoadStorePIFAddrError\r\nepc1=0x400d15b8, epc2=0x00000000\r\n",
	  EF_START_CRASHED, "Fatal exception (15): LoadStorePIFAddrError" },
	{ ROM "Guru Meditation Error: a\r\n" ROM "Guru Meditation Error: a\r\n", EF_START_CRASHED,
	  "Guru Meditation Error: a" },
	{ ROM "Guru Meditation Error: a\r\n" ROM "Guru Meditation Error: a\r\n" ROM, EF_START_LOOP,
	  "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)" },
	/* this one may be of the app that ran before the reset */
	{ "Guru Meditation Error: Core  0 panic'ed\r\n" ROM, EF_START_SILENT, "" },
	{ ROM "\x1b[32mINFO - Hello world!\x1b[0m\r\n", EF_START_RUNNING, "INFO - Hello world!" },
	{ ROM "app\r\n" ROM "app\r\n" ROM, EF_START_LOOP,
	  "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)" },
};

START_TEST(first_words)
{
	struct ef_start start;

	ef_start_judge(cases[_i].text, strlen(cases[_i].text), &start);
	ck_assert_int_eq(start.state, cases[_i].state);
	ck_assert_str_eq(start.line, cases[_i].line);
}
END_TEST

static const struct {
	bool is_factory, is_chatty, stays_down;
	enum ef_start_state state;
} boards[] = {
	{ true, true, false, EF_START_LOOP }, /* a bootloader, and no application */
	{ false, false, false, EF_START_LOOP },
	{ true, true, true, EF_START_SILENT }, /* after no-reset nobody talks */
};

START_TEST(boards_after_a_session)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .is_paced = true,
				      .is_factory = boards[_i].is_factory,
				      .chatty_app = boards[_i].is_chatty };
	struct ef_start start;
	uint64_t before;
	struct rig rig;

	rig_power(&rig, &sim);
	rig.opts.rate_hz = 921600;
	ck_ok(rig_connect(&rig), &rig.err);
	ef_flasher_will_listen(rig.f);
	ck_ok(ef_flasher_finish(rig.f,
				boards[_i].stays_down ? EF_AFTER_NO_RESET_NO_STUB
						      : EF_AFTER_HARD_RESET,
				&rig.err),
	      &rig.err);
	before = sim_now_us(rig.sim);
	ck_ok(ef_flasher_listen(rig.f, 1000, &start, &rig.err), &rig.err);
	ck_assert_msg(start.state == boards[_i].state, "%d: '%s'; console: %s", start.state,
		      start.line, sim_console(rig.sim));
	ck_assert_uint_le(sim_now_us(rig.sim) - before, 1100000);
	rig_done(&rig);
}
END_TEST

Suite *suite_listen(void);
Suite *suite_listen(void)
{
	Suite *s = suite_create("listen");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, first_words, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_loop_test(t, boards_after_a_session, 0,
			    (int)(sizeof(boards) / sizeof(boards[0])));
	suite_add_tcase(s, t);
	return s;
}
