/* SPDX-License-Identifier: MIT */
/* What a chip's first output after a reset proves, and what it does not prove. */
#include "ck_ef.h"

#include "flasher_rig.h"

#define ROM                                                                                        \
	"ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x1 (POWERON),boot:0xc "        \
	"(SPI_FAST_FLASH_BOOT)\r\nSPIWP:0xee\r\nmode:DIO, clock div:1\r\n"                         \
	"load:0x3fcd5810,len:0x1570\r\nentry 0x403cc710\r\n"

/* the C3 wakes from deep sleep */
#define SLEEP                                                                                      \
	"rst:0x5 (DSLEEP),boot:0xf (SPI_FAST_FLASH_BOOT)\r\nload:0x3fcd5810,len:0x1570\r\nentry "  \
	"0x403cc710\r\n"

#define IDF "I (24) boot: ESP-IDF v5.5 2nd stage bootloader\r\n"
#define AT(off)                                                                                    \
	"I (480) boot: Loaded app from partition at offset " off                                   \
	"\r\nI (481) boot: Disabling RNG early entropy source...\r\n"
#define ETS                                                                                        \
	"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x33 "                       \
	"(SPI_FAST_FLASH_BOOT)\r\n"
#define CPU "I (133) cpu_start: Pro cpu start user code\r\n"

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
	/* the port came back in the middle of the bootloader's lines */
	{ "compile time 10:00:00\r\nE (46) boot: load partition table error!\r\n", EF_START_NO_BOOT,
	  "E (46) boot: load partition table error!" },
	{ "le speed\r\nI (480) boot: Loaded app from partition at offset 0x10000\r\n",
	  EF_START_SILENT, "" },
	/* the ROM announces what it starts: words before that are its own */
	{ ETS "words of a ROM that nobody knows\r\n", EF_START_SILENT,
	  "words of a ROM that nobody knows" },
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

	/* a ROM that finds nothing to start (boot logs of public reports) */
	{ "rst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
	  "invalid header: 0xffffffff\r\ninvalid header: 0xffffffff\r\n",
	  EF_START_NO_BOOT, "invalid header: 0xffffffff" },
	{ ETS "flash read err, 1000\r\nets_main.c 371 \r\n", EF_START_NO_BOOT,
	  "flash read err, 1000" },
	{ ETS "load:0x3fff0030,len:7132\r\nload:0x40078000,len:15648\r\n"
	      "load:0xffffffff,len:-1\r\n",
	  EF_START_NO_BOOT, "load:0xffffffff,len:-1" },
	{ ETS "csum err:0xb8!=0xff\r\nets_main.c 384 \r\n", EF_START_NO_BOOT,
	  "csum err:0xb8!=0xff" },
	{ ETS "flash read err, 1000\r\nFalling back to built-in command interpreter.\r\nOK\r\n",
	  EF_START_NO_BOOT, "flash read err, 1000" },
	{ "ESP-ROM:esp32s2-rc4-20191025\r\nrst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n"
	  "load:0x3fff0018,len:4\r\nInvalid chip id. Expected 2 read 0. Bootloader for wrong "
	  "chip?\r\nets_main.c 386 \r\n",
	  EF_START_NO_BOOT, "Invalid chip id. Expected 2 read 0. Bootloader for wrong chip?" },
	{ "ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
	  "Invalid image block, can't boot.\r\nets_main.c 333 \r\n",
	  EF_START_NO_BOOT, "Invalid image block, can't boot." },
	/* once is what some flash chips do after power-on */
	{ ETS "flash read err, 1000\r\nets_main.c 371 \r\n" ROM "Hello\r\n", EF_START_RUNNING,
	  "Hello" },
	{ ETS "flash read err, 1000\r\nets_main.c 371 \r\n" ROM, EF_START_SILENT, "" },
	/* a stale digest, with which NuttX and Zephyr start all the same */
	{ "ESP-ROM:esp32c3-20200918\r\nrst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
	  "load:0x42000000,len:0x24\r\nSHA-256 comparison failed:\r\nCalculated: 63cf02ff\r\n"
	  "Expected: f4494a64\r\nAttempting to boot anyway...\r\nentry 0x40380000\r\n"
	  "*** Booting NuttX ***\r\ndram: lma 0x00000020 vma 0x40800000 len 0x7ee4   (32484)\r\n"
	  "total segments stored 6\r\nNuttShell (NSH) NuttX-12.4.0\r\n",
	  EF_START_RUNNING, "NuttShell (NSH) NuttX-12.4.0" },

	{ "ESP-ROM:esp32c3-20200918\r\nrst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n"
	  "load:0x42000000,len:0x24\r\nSHA-256 comparison failed:\r\nCalculated: 63cf02ff\r\n"
	  "Expected: f4494a64\r\nAttempting to boot anyway...\r\nentry 0x40380000\r\n",
	  EF_START_SILENT, "" },

	/* bootloaders that find nothing to start */
	{ ROM IDF "E (31) flash_parts: partition 2 invalid - offset 0x210000 size 0x100000 exceeds "
		  "flash chip size 0x200000\r\nE (40) boot: Failed to verify partition table\r\n"
		  "E (46) boot: load partition table error!\r\n",
	  EF_START_NO_BOOT,
	  "E (31) flash_parts: partition 2 invalid - offset 0x210000 size 0x100000 exceeds flash "
	  "chip size 0x200000" },
	{ ETS "load:0x3fff0030,len:4\r\nentry 0x400806a0\r\n"
	      "E (90) flash_parts: partition 0 invalid magic number 0xa0a\r\n"
	      "E (103) boot: load partition table error!\r\nuser code done\r\n",
	  EF_START_NO_BOOT, "E (90) flash_parts: partition 0 invalid magic number 0xa0a" },
	{ ROM IDF "I (40) secure_boot_v2: Verifying with RSA-PSS...\r\n"
		  "E (66) secure_boot_v2: No signature block found\r\n"
		  "E (66) esp_image: Secure boot signature verification failed\r\n",
	  EF_START_NO_BOOT, "E (66) secure_boot_v2: No signature block found" },
	{ ROM IDF AT("0x10000") "E (628) secure_boot_v2: Secure boot signature verification "
				"failed\r\n",
	  EF_START_NO_BOOT, "E (628) secure_boot_v2: Secure boot signature verification failed" },
	{ ROM "[esp32s3] [INF] *** Booting MCUboot build v2.1.0 ***\r\n"
	      "[esp32s3] [ERR] Unable to find bootable image\r\n",
	  EF_START_NO_BOOT, "[esp32s3] [ERR] Unable to find bootable image" },
	{ ROM IDF "E (53) boot_comm: Image requires chip rev >= v3.0, but chip is v1.0\r\n"
		  "E (60) boot: Factory app partition is not bootable\r\n"
		  "E (66) boot: No bootable app partitions in the partition table\r\n" ROM IDF,
	  EF_START_SILENT, "" }, /* not over yet */
	{ ROM IDF "E (53) boot_comm: Image requires chip rev >= v3.0, but chip is v1.0\r\n"
		  "E (66) boot: No bootable app partitions in the partition table\r\n" ROM IDF
		  "E (53) boot_comm: Image requires chip rev >= v3.0, but chip is v1.0\r\n",
	  EF_START_NO_BOOT, "E (53) boot_comm: Image requires chip rev >= v3.0, but chip is v1.0" },
	/* the other slot is invalid, and the bootloader goes on */
	{ ROM IDF
	  "E (88) esp_image: image at 0x110000 has invalid magic byte (nothing flashed "
	  "here?)\r\nE (96) boot: OTA app partition slot 1 is not bootable\r\n" AT("0x10000") CPU,
	  EF_START_RUNNING, "I (133) cpu_start: Pro cpu start user code" },
	/* ... without a word about it: it prints errors only, and the app may be silent */
	{ ROM "E (88) esp_image: image at 0x110000 has invalid magic byte\r\n", EF_START_SILENT,
	  "E (88) esp_image: image at 0x110000 has invalid magic byte" },

	/* crashes are not a start */
	{ ROM
	  "Guru Meditation Error: Core  0 panic'ed (Load access fault)\r\nMEPC    : 0x42000000\r\n",
	  EF_START_CRASHED, "Guru Meditation Error: Core  0 panic'ed (Load access fault)" },
	{ ROM IDF AT("0x10000") "assert failed: esp_clk_init clk.c:70 (x)\r\ntick 0\r\n",
	  EF_START_CRASHED, "assert failed: esp_clk_init clk.c:70 (x)" },
	{ ROM IDF AT("0x10000") "Brownout detector was triggered\r\n", EF_START_CRASHED,
	  "Brownout detector was triggered" },
	{ ROM IDF AT("0x10000") "\r\n====================== PANIC ======================\r\n"
				"panicked at src/main.rs:30:5:\r\nboom\r\n",
	  EF_START_CRASHED, "panicked at src/main.rs:30:5:" },
	{ ROM "Hello\r\nabort() was called at PC 0x400d1234 on core 0\r\n", EF_START_CRASHED,
	  "abort() was called at PC 0x400d1234 on core 0" },
	/* the ESP32's ROM, seen with esp-hal's app under QEMU */
	{ ROM "Fatal exception (15): LoadStorePIFAddrError\r\nepc1=0x400d15b8, epc2=0x00000000\r\n",
	  EF_START_CRASHED, "Fatal exception (15): LoadStorePIFAddrError" },
	{ ROM "Guru Meditation Error: a\r\n" ROM "Guru Meditation Error: a\r\n", EF_START_CRASHED,
	  "Guru Meditation Error: a" },
	{ ROM "Guru Meditation Error: a\r\n" ROM "Guru Meditation Error: a\r\n" ROM, EF_START_LOOP,
	  "Guru Meditation Error: a" },
	/* this one may be of the app that ran before the reset */
	{ "Guru Meditation Error: Core  0 panic'ed\r\n" ROM, EF_START_SILENT, "" },
	/* an app that speaks of the crash before */
	{ ROM IDF AT("0x10000") "I (500) main: last crash: abort() was called at PC 0x400d1234\r\n",
	  EF_START_RUNNING, "I (500) main: last crash: abort() was called at PC 0x400d1234" },
	{ ROM IDF AT("0x10000") "GET /?rst:0x1 (POWERON),boot:0x3 (DOWNLOAD_BOOT(UART0))\r\n",
	  EF_START_RUNNING, "GET /?rst:0x1 (POWERON),boot:0x3 (DOWNLOAD_BOOT(UART0))" },

	{ ROM ROM ROM, EF_START_LOOP, "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)" },
	/* an app that sleeps in between is not a loop: only an app puts a chip to sleep */
	{ ROM SLEEP SLEEP SLEEP, EF_START_RUNNING,
	  "rst:0x5 (DSLEEP),boot:0xf (SPI_FAST_FLASH_BOOT)" },
	{ SLEEP SLEEP "Boot number: 2\r\n" SLEEP, EF_START_RUNNING,
	  "rst:0x5 (DSLEEP),boot:0xf (SPI_FAST_FLASH_BOOT)" },
	{ SLEEP, EF_START_SILENT, "" },
	{ ROM SLEEP "abort() was called at PC 0x400d1234\r\n", EF_START_CRASHED,
	  "abort() was called at PC 0x400d1234" },
	{ ROM "\x1b[32mINFO - Hello world!\x1b[0m\r\n", EF_START_RUNNING, "INFO - Hello world!" },
	{ ROM "app\r\n" ROM "app\r\n" ROM, EF_START_LOOP,
	  "rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)" },
};

START_TEST(first_words)
{
	static const struct ef_start_expect nothing;
	struct ef_start start;

	ef_start_judge(&nothing, cases[_i].text, strlen(cases[_i].text), &start);
	ck_assert_msg(start.state == cases[_i].state, "%d, '%s' of\n%s", start.state, start.line,
		      cases[_i].text);
	ck_assert_str_eq(start.line, cases[_i].line);
}
END_TEST

/* ---- which app ---- */

#define NAMES(project, version)                                                                    \
	CPU "I (140) app_init: Project name:     " project                                         \
	    "\r\nI (146) app_init: App version:      " version "\r\n"

static const struct {
	const char *text;
	bool is_only;
	enum ef_start_state state;
	bool is_known;
} apps[] = {
	{ ROM IDF AT("0x10000") CPU, false, EF_START_RUNNING, true },
	{ ROM IDF AT("0x110000") CPU, false, EF_START_OTHER_APP, false },
	{ ROM IDF AT("0x110000"), false, EF_START_OTHER_APP, false },
	{ ROM IDF AT("0x110000") "abort() was called at PC 0x400d1234\r\n", false,
	  EF_START_OTHER_APP, false },
	/* a bootloader that prints nothing: Arduino's */
	{ ROM "setup\r\n", false, EF_START_RUNNING, false },
	{ ROM "setup\r\n", true, EF_START_RUNNING, true },
	/* the app says who it is */
	{ ROM IDF AT("0x10000") NAMES("blinky", "v1"), false, EF_START_RUNNING, true },
	{ ROM NAMES("blinky", "v1"), false, EF_START_RUNNING, false },
	{ ROM NAMES("other", "v1"), true, EF_START_OTHER_APP, false },
	/* what the bootloader loads from there can have no other name: a byte is damaged */
	{ ROM IDF AT("0x10000") NAMES("blinkz", "v1"), false, EF_START_RUNNING, true },
	/* and the same after a sleep, from which the bootloader says nothing */
	{ ROM IDF AT("0x10000") CPU SLEEP, false, EF_START_RUNNING, true },
	{ ROM NAMES("blinky", "v2"), true, EF_START_OTHER_APP, false },
	{ ROM CPU "I (150) app_init: ELF file SHA256:  0011223344...\r\n", false, EF_START_RUNNING,
	  true },
	{ ROM CPU "I (150) app_init: ELF file SHA256:  0011223355...\r\n", true, EF_START_OTHER_APP,
	  false },
	/* an image without the hash */
	{ ROM CPU "I (150) app_init: ELF file SHA256:  0000000000...\r\n", false, EF_START_RUNNING,
	  false },
	/* the last boot counts */
	{ ROM IDF AT("0x110000") CPU ROM IDF AT("0x10000") CPU, false, EF_START_RUNNING, true },
};

START_TEST(the_expected_app)
{
	static const uint8_t hash[32] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55 };
	const struct ef_start_expect expect = { .has_offset = true,
						.offset = 0x10000,
						.is_only = apps[_i].is_only,
						.project = "blinky",
						.version = "v1",
						.elf_sha256 = hash };
	struct ef_start start;

	ef_start_judge(&expect, apps[_i].text, strlen(apps[_i].text), &start);
	ck_assert_msg(start.state == apps[_i].state && start.is_known == apps[_i].is_known,
		      "%d, %d, '%s' of\n%s", start.state, start.is_known, start.line,
		      apps[_i].text);
}
END_TEST

static const struct {
	bool is_factory, is_chatty, stays_down;
	enum ef_start_state state;
} boards[] = {
	{ true, true, false, EF_START_NO_BOOT }, /* a bootloader, and no application */
	{ false, false, false, EF_START_NO_BOOT },
	{ true, true, true, EF_START_SILENT }, /* after no-reset no program talks */
};

START_TEST(boards_after_a_session)
{
	const struct sim_opts sim = { .chip = "esp32c3",
				      .is_paced = true,
				      .boot.is_factory = boards[_i].is_factory,
				      .chatty_app = boards[_i].is_chatty };
	const struct ef_listen_opts listen = { .limit_ms = 1000 };
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
	ck_ok(ef_flasher_listen(rig.f, &listen, &start, &rig.err), &rig.err);
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
	tcase_add_loop_test(t, the_expected_app, 0, (int)(sizeof(apps) / sizeof(apps[0])));
	tcase_add_loop_test(t, boards_after_a_session, 0,
			    (int)(sizeof(boards) / sizeof(boards[0])));
	suite_add_tcase(s, t);
	return s;
}
