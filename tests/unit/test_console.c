/* SPDX-License-Identifier: MIT */
/*
 * Lines of ROMs, bootloaders, applications and crash handlers, as their sources and
 * boot logs have them: ESP-IDF v3.3 to v6.0 (bootloader_support, esp_system,
 * esp_app_format), the strings of the mask ROMs, MCUboot boot/espressif/main.c,
 * Zephyr, NuttX, esp-hal, arduino-esp8266; and applications that only speak of such
 * things.
 */
#include <espflash/console.h>

#include "ck_ef.h"

/* ---- one line ---- */

static const struct {
	const char *line;
	enum ef_console_kind kind;
	enum ef_console_stage stage;
	bool is_final;
	const char *text;
} lines[] = {
	/* ROMs */
	{ "ESP-ROM:esp32c3-api1-20210207", EF_CONSOLE_GREETING, EF_CONSOLE_ROM, false,
	  "esp32c3-api1-20210207" },
	{ "ets Jun  8 2016 00:22:57", EF_CONSOLE_GREETING, EF_CONSOLE_ROM, false,
	  "ets Jun  8 2016 00:22:57" },
	{ "ets Jul 29 2019 12:21:46", EF_CONSOLE_GREETING, EF_CONSOLE_ROM, false,
	  "ets Jul 29 2019 12:21:46" },
	{ " ets Jan  8 2013,rst cause:2, boot mode:(3,6)", EF_CONSOLE_GREETING, EF_CONSOLE_ROM,
	  false, "esp8266" },
	{ "I (500) maiESP-ROM:esp32c3-api1-20210207", EF_CONSOLE_GREETING, EF_CONSOLE_ROM, false,
	  "esp32c3-api1-20210207" },
	{ "rst:0x1 (POWERON", EF_CONSOLE_RESET, EF_CONSOLE_ROM, false, "" },
	{ "rst:0x1 (see the", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false, "" },
	{ "Build:Feb  7 2021", EF_CONSOLE_ROM_LINE, EF_CONSOLE_ROM, false, "" },
	{ "SPIWP:0xee", EF_CONSOLE_ROM_LINE, EF_CONSOLE_ROM, false, "" },
	{ "SPI mode:DIO, clock div:1", EF_CONSOLE_ROM_LINE, EF_CONSOLE_ROM, false, "" },
	{ "configsip: 0, SPIWP:0xee", EF_CONSOLE_ROM_LINE, EF_CONSOLE_ROM, false, "" },
	{ "clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00",
	  EF_CONSOLE_ROM_LINE, EF_CONSOLE_ROM, false, "" },
	{ "ho 0 tail 12 room 4", EF_CONSOLE_ROM_LINE, EF_CONSOLE_ROM, false, "" },
	{ "load:0x3fcd5810,len:0x1570", EF_CONSOLE_LOAD, EF_CONSOLE_ROM, false, "" },
	{ "entry 0x403cc710", EF_CONSOLE_ENTRY, EF_CONSOLE_ROM, false, "" },
	{ "waiting for download", EF_CONSOLE_WAITS, EF_CONSOLE_ROM, false, "" },
	{ "invalid header: 0xffffffff", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "flash read err, 1000", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	/* a bootloader that ends too early: observed on the ESP32's mask ROM (ets Jul 29 2019) */
	{ "load:0xffffffff,len:-1", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true, "" },
	{ "csum err:0xb8!=0xff", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "ets_main.c 384 ", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true, "" },
	{ "ets_loader.c 78", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true, "" },
	{ "Checksum failure. Calculated 0x39 stored 0x1b", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM,
	  false, "" },
	{ "Invalid image block, can't boot.", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "Invalid chip id. Expected 2 read 0. Bootloader for wrong chip?", EF_CONSOLE_FAILURE,
	  EF_CONSOLE_ROM, false, "" },
	{ "SHA-256 comparison failed:", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "Attempting to boot anyway...", EF_CONSOLE_GOES_ON, EF_CONSOLE_ROM, false, "" },
	{ "Falling back to built-in command interpreter.", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true,
	  "" },
	{ "user code done", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true, "" },
	/* format strings of the mask ROMs, with numbers put in */
	{ "wrong chip id 0x0005", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "Invalid magic 0xff", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "Invalid image block count: 255 (max 16)", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false,
	  "" },
	{ "Invalid image block:0x00000000, len:0xffffffff", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM,
	  false, "" },
	{ "Invalid image block, can't verify.", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "region 0x3fcd0000-0x3fce0000 overlaps 0x3fcdf000-0x3fcdf060, can't load",
	  EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "region 0x3fcd0000 is free", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false, "" },
	{ "Bootloader is too large for 64KB staging area.", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM,
	  false, "" },
	{ "Download mode is disabled. Restart with GPIO0 high.", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM,
	  true, "" },
	{ "Download boot modes disabled via efuse", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true, "" },
	{ "Invalid mode for secure boot download", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true, "" },
	{ "Direct boot returned", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true, "" },
	{ "invalid reset", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, true, "" },
	{ "wait sdio download", EF_CONSOLE_WAITS, EF_CONSOLE_ROM, false, "" },
	{ "wait spi download", EF_CONSOLE_WAITS, EF_CONSOLE_ROM, false, "" },
	{ "Secure boot check fail", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "secure boot verification failed", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "RSA-PSS secure boot verification failed", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false,
	  "" },
	{ "ECDSA secure boot verification failed", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "ECDSA secure boot verification succeeded", EF_CONSOLE_GOES_ON, EF_CONSOLE_ROM, false,
	  "" },
	{ "Sig block 0 signed with untrusted key", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "No trusted signatures", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "Incorrect magic byte found at signature sector. Image not V2 signed?",
	  EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	{ "SHA-256 simple hash comparison failed.", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM, false, "" },
	/* bootloaders: v3.3, v5.5, without a time, and the words with which each begins */
	{ "I (31) boot: ESP-IDF v3.3 2nd stage bootloader", EF_CONSOLE_LOADER_ON, EF_CONSOLE_LOADER,
	  false, "v3.3" },
	{ "I (24) boot: ESP-IDF v5.5-dev 2nd stage bootloader", EF_CONSOLE_LOADER_ON,
	  EF_CONSOLE_LOADER, false, "v5.5-dev" },
	{ "I boot: compile time 10:00:00", EF_CONSOLE_LOADER_LINE, EF_CONSOLE_LOADER, false, "" },
	{ "I (28) boot.esp32c3: SPI Speed      : 40MHz", EF_CONSOLE_LOADER_LINE, EF_CONSOLE_LOADER,
	  false, "" },
	{ "I (62) boot:  0 nvs              WiFi data        01 02 00009000 00006000",
	  EF_CONSOLE_PARTITION, EF_CONSOLE_LOADER, false, "nvs" },
	{ "I (480) boot: Loaded app from partition at offset 0x110000", EF_CONSOLE_LOADED,
	  EF_CONSOLE_LOADER, false, "" },
	{ "I (480) boot: Loaded app from partition at offset ", EF_CONSOLE_LOADER_LINE,
	  EF_CONSOLE_LOADER, false, "" },
	{ "I (74) boot: Loading app partition at offset 00010000", EF_CONSOLE_LOADED,
	  EF_CONSOLE_LOADER, false, "" },
	{ "E (31) flash_parts: partition 2 invalid - offset 0x210000 size 0x100000 exceeds flash "
	  "chip size 0x200000",
	  EF_CONSOLE_FAILURE, EF_CONSOLE_LOADER, false, "" },
	{ "E (103) boot: load partition table error!", EF_CONSOLE_FAILURE, EF_CONSOLE_LOADER, true,
	  "" },
	{ "E (88) boot: No bootable app partitions in the partition table", EF_CONSOLE_FAILURE,
	  EF_CONSOLE_LOADER, true, "" },
	{ "E (88) boot: OTA app partition slot 0 is not bootable", EF_CONSOLE_FAILURE,
	  EF_CONSOLE_LOADER, false, "" },
	{ "E (45) boot: ota data partition invalid, falling back to factory", EF_CONSOLE_GOES_ON,
	  EF_CONSOLE_LOADER, false, "" },
	{ "E (53) boot_comm: Image requires chip rev >= v3.0, but chip is v1.0", EF_CONSOLE_FAILURE,
	  EF_CONSOLE_LOADER, false, "" },
	{ "E (53) boot_comm: chip revision check failed. Required <= v0.99, found v1.0.",
	  EF_CONSOLE_FAILURE, EF_CONSOLE_LOADER, false, "" },
	{ "E (53) boot_comm: Image requires efuse blk rev >= v1.4, but chip is v1.3",
	  EF_CONSOLE_FAILURE, EF_CONSOLE_LOADER, false, "" },
	{ "E (66) secure_boot_v2: No signature block found", EF_CONSOLE_FAILURE, EF_CONSOLE_LOADER,
	  false, "" },
	{ "E (66) esp_image: Segment 1 0x70000000-0x70000010 invalid: bad load address range",
	  EF_CONSOLE_FAILURE, EF_CONSOLE_LOADER, false, "" },
	{ "*** Booting MCUboot v2.1.0-rc1 ***", EF_CONSOLE_LOADER_ON, EF_CONSOLE_LOADER, false,
	  "v2.1.0-rc1" },
	{ "[esp32s3] [INF] *** Booting MCUboot build v2.1.0 ***", EF_CONSOLE_LOADER_ON,
	  EF_CONSOLE_LOADER, false, "build" },
	{ "[esp32s3] [INF] br_image_off = 0x20000", EF_CONSOLE_LOADED, EF_CONSOLE_LOADER, false,
	  "" },
	{ "[esp32s3] [ERR] Unable to find bootable image", EF_CONSOLE_FAILURE, EF_CONSOLE_LOADER,
	  true, "" },
	{ "*** Booting NuttX ***", EF_CONSOLE_LOADER_LINE, EF_CONSOLE_LOADER, false, "" },
	/* applications */
	{ "I (250) cpu_start: Pro cpu up.", EF_CONSOLE_APP_LINE, EF_CONSOLE_APP, false, "" },
	{ "I (262) app_init: Project name:     hello_world", EF_CONSOLE_PROJECT, EF_CONSOLE_APP,
	  false, "hello_world" },
	{ "I (262) cpu_start: Project name:     hello world 2", EF_CONSOLE_PROJECT, EF_CONSOLE_APP,
	  false, "hello world 2" },
	{ "I (267) app_init: App version:      v1.2-3-gabc", EF_CONSOLE_VERSION, EF_CONSOLE_APP,
	  false, "v1.2-3-gabc" },
	{ "I (277) app_init: ELF file SHA256:  0123456789abcdef...", EF_CONSOLE_ELF_HASH,
	  EF_CONSOLE_APP, false, "0123456789abcdef" },
	{ "*** Booting Zephyr OS build v3.7.0 ***", EF_CONSOLE_APP_LINE, EF_CONSOLE_APP, false,
	  "" },
	{ "NuttShell (NSH) NuttX-12.4.0", EF_CONSOLE_APP_LINE, EF_CONSOLE_APP, false, "" },
	{ "MicroPython v1.22.0 on 2023-12-27; ESP32C3 module with ESP32C3", EF_CONSOLE_APP_LINE,
	  EF_CONSOLE_APP, false, "" },
	/* crashes */
	{ "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.",
	  EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false, "" },
	{ "Brownout detector was triggered", EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false, "" },
	{ "assert failed: esp_clk_init clk.c:70 (x)", EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false,
	  "" },
	{ "Assert failed in regi2c_enable_block, esp_hw_support/regi2c_ctrl.c:33 (x)",
	  EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false, "" },
	{ "E: >>> ZEPHYR FATAL ERROR 0: CPU exception on CPU 0", EF_CONSOLE_CRASH,
	  EF_CONSOLE_UNKNOWN, false, "" },
	{ "[00:00:00.004,000] <err> os: ** FATAL EXCEPTION", EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN,
	  false, "" },
	{ "Exception (28):", EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false, "" },
	{ "Fatal exception 28(LoadProhibitedCause):", EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false,
	  "" },
	{ "dump_assert_info: Assertion failed panic: at file: :0 task: nsh_main process",
	  EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false, "" },
	{ "riscv_exception: EXCEPTION: Load access fault. MCAUSE: 00000005, EPC: 42012e44",
	  EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false, "" },
	{ "A fatal error occurred. The crash dump printed below may be used to help",
	  EF_CONSOLE_CRASH, EF_CONSOLE_UNKNOWN, false, "" },
	{ "Core  0 register dump:", EF_CONSOLE_CRASH_PART, EF_CONSOLE_UNKNOWN, false, "" },
	{ "Rebooting...", EF_CONSOLE_CRASH_END, EF_CONSOLE_UNKNOWN, false, "" },
	/* applications that speak of these things */
	{ "I (500) main: last crash: abort() was called at PC 0x400d1234 on core 0",
	  EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false, "" },
	{ "E (500) main: last crash: abort() was called at PC 0x400d1234 on core 0",
	  EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false, "" },
	{ "last crash: Brownout detector was triggered", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false,
	  "" },
	{ "GET /log?line=rst:0x1 HTTP/1.1", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false, "" },
	{ "I (600) web: rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)", EF_CONSOLE_TEXT,
	  EF_CONSOLE_UNKNOWN, false, "" },
	{ "I (600) ota: waiting for download from the server", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN,
	  false, "" },
	{ "I (600) fs: invalid header: 0x1234", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false, "" },
	{ "I (600) info: this ROM is ESP-ROM:esp32c3-api1-20210207", EF_CONSOLE_TEXT,
	  EF_CONSOLE_UNKNOWN, false, "" },
	{ "Hello world!", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false, "" },
	{ "Gr\xc3\xbc\xc3\x9f Gott", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN, false, "" },
	{ "", EF_CONSOLE_EMPTY, EF_CONSOLE_UNKNOWN, false, "" },
	{ "   ", EF_CONSOLE_EMPTY, EF_CONSOLE_UNKNOWN, false, "" },
	{ "\x01\x02zzzzzz", EF_CONSOLE_NOISE, EF_CONSOLE_UNKNOWN, false, "" },
	{ "\xf8\x9c\xe0xxxxxx", EF_CONSOLE_NOISE, EF_CONSOLE_UNKNOWN, false, "" },
	{ "zz", EF_CONSOLE_NOISE, EF_CONSOLE_UNKNOWN, false, "" },
};
#define LINES (int)(sizeof(lines) / sizeof(lines[0]))

START_TEST(each_line)
{
	struct ef_console_event e;

	ef_console_classify(lines[_i].line, strlen(lines[_i].line), &e);
	ck_assert_msg(e.kind == lines[_i].kind && e.stage == lines[_i].stage &&
			      e.is_final == lines[_i].is_final,
		      "kind %d, stage %d, final %d: %s", e.kind, e.stage, e.is_final,
		      lines[_i].line);
	ck_assert_str_eq(e.text, lines[_i].text);
}
END_TEST

START_TEST(numbers_of_a_line)
{
	static const char loaded[] = "I (480) boot: Loaded app from partition at offset 0x110000";
	static const char old[] = "I (74) boot: Loading app partition at offset 00010000";
	static const char row[] =
		"I (62) boot:  2 factory          factory app      00 00 00010000 00100000";
	static const char banner[] =
		"rst:0x15 (USB_UART_CHIP_RESET),boot:0xc (SPI_FAST_FLASH_BOOT)";
	static const char noisy[] =
		"\xef\xbf\xbdrst:0x3 (SW_RESET),boot:0x4 (DOWNLOAD(USB/UART0/1))";
	struct ef_console_event e;

	ef_console_classify(loaded, sizeof(loaded) - 1, &e);
	ck_assert_uint_eq(e.offset, 0x110000);
	ef_console_classify(old, sizeof(old) - 1, &e);
	ck_assert_uint_eq(e.offset, 0x10000);
	ef_console_classify(row, sizeof(row) - 1, &e);
	ck_assert_int_eq(e.kind, EF_CONSOLE_PARTITION);
	ck_assert_uint_eq(e.offset, 0x10000);
	ck_assert_str_eq(e.text, "factory");
	ef_console_classify(banner, sizeof(banner) - 1, &e);
	ck_assert_int_eq(e.kind, EF_CONSOLE_RESET);
	ck_assert_int_eq(e.mode, EF_CONSOLE_MODE_FLASH);
	ck_assert(e.has_reset && e.has_straps);
	ck_assert_uint_eq(e.reset, 0x15);
	ck_assert_uint_eq(e.straps, 0xc);
	ck_assert_str_eq(e.text, "USB_UART_CHIP_RESET");
	ef_console_classify(noisy, sizeof(noisy) - 1, &e);
	ck_assert_int_eq(e.mode, EF_CONSOLE_MODE_DOWNLOAD);
	ck_assert_str_eq(e.text, "SW_RESET");
}
END_TEST

/* ---- lines in their order ---- */

#define ROM                                                                                        \
	"ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x1 (POWERON),boot:0xc "        \
	"(SPI_FAST_FLASH_BOOT)\r\nSPIWP:0xee\r\nmode:DIO, clock div:1\r\n"
#define ENTRY "load:0x3fcd5810,len:0x1570\r\nentry 0x403cc710\r\n"
#define IDF   "\x1b[0;32mI (24) boot: ESP-IDF v5.1 2nd stage bootloader\x1b[0m\r\n"
#define LOADED                                                                                     \
	"\x1b[0;32mI (480) boot: Loaded app from partition at offset 0x10000\x1b[0m\r\n"           \
	"\x1b[0;32mI (481) boot: Disabling RNG early entropy source...\x1b[0m\r\n"

static const struct {
	const char *text;
	enum ef_console_kind kind; /* of the last line */
	enum ef_console_stage stage;
} orders[] = {
	{ "Hello world!\n", EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN },
	/* the ROM says more than the table knows */
	{ ROM "new words of a ROM\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_ROM },
	{ ROM ENTRY "Hello world!\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	{ ROM ENTRY IDF "user's hook in the bootloader\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_LOADER },
	{ ROM ENTRY IDF LOADED "Hello world!\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	/* a bootloader that prints only errors */
	{ ROM ENTRY "E (90) esp_image: image at 0x110000 has invalid magic byte\r\nHello\r\n",
	  EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	{ ROM ENTRY "E (103) boot: load partition table error!\r\nsome words\r\n", EF_CONSOLE_TEXT,
	  EF_CONSOLE_UNKNOWN },
	{ ROM ENTRY "E (103) boot: load partition table error!\r\nuser code done\r\n",
	  EF_CONSOLE_FAILURE, EF_CONSOLE_ROM },
	{ ROM ENTRY IDF LOADED "abort() was called at PC 0x400d1234 on core 0\r\nregisters\r\n",
	  EF_CONSOLE_TEXT, EF_CONSOLE_UNKNOWN },
	/* the same words from an application */
	{ ROM ENTRY "Hello\r\ninvalid header: 0x1\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	{ ROM ENTRY "Hello\r\nwaiting for download\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	{ ROM ENTRY "Hello\r\nE (9) esp_image: invalid segment length 0x1\r\n", EF_CONSOLE_TEXT,
	  EF_CONSOLE_APP },
	{ ROM ENTRY "Hello\r\nRebooting...\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	/* only an application waits or loads after the ROM's "entry" */
	{ ROM ENTRY "waiting for download\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	{ ROM ENTRY "mode: station\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	{ ROM ENTRY "Build: 42\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	{ "waiting for download of http://10.0.0.1/app.bin\r\n", EF_CONSOLE_TEXT,
	  EF_CONSOLE_UNKNOWN },
	/* after the bootloader's first words only its return makes the ROM speak */
	{ ROM ENTRY IDF LOADED "invalid header: 0x12345678 in packet\r\n", EF_CONSOLE_TEXT,
	  EF_CONSOLE_APP },
	{ ROM ENTRY IDF "csum err:0x1\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_LOADER },
	{ ROM ENTRY IDF LOADED "user code done\r\n", EF_CONSOLE_FAILURE, EF_CONSOLE_ROM },
	/* Zephyr's issues 90180 and 92656 (boot logs), and its soc_init.c */
	{ ROM ENTRY "I (49) soc_init: ESP Simple boot\r\n", EF_CONSOLE_LOADER_LINE,
	  EF_CONSOLE_LOADER },
	{ ROM ENTRY "I (36) soc_init: MCUboot 2nd stage bootloader\r\n", EF_CONSOLE_LOADER_ON,
	  EF_CONSOLE_LOADER },
	{ ROM ENTRY "I (49) soc_init: ESP Simple boot\r\nI (52) flash_init: SPI Mode       : "
		    "DIO\r\nI (59) boot: DRAM: lma 0x00000020 vma 0x40800000 len 0x20788\r\n",
	  EF_CONSOLE_LOADER_LINE, EF_CONSOLE_LOADER },
	{ ROM ENTRY "E (49) soc_init: You are using ESP32 chip revision (1) that is "
		    "unsupported. While it may work, it could cause unexpected behavior\r\n",
	  EF_CONSOLE_GOES_ON, EF_CONSOLE_LOADER },
	/* a restart with a ROM that an eFuse mutes */
	{ ENTRY "Hello\r\n" IDF, EF_CONSOLE_LOADER_ON, EF_CONSOLE_LOADER },
	{ ROM ENTRY "I: *** x\r\nHello\r\n", EF_CONSOLE_TEXT, EF_CONSOLE_APP },
	{ ROM ENTRY "*** Booting MCUboot v2.1 ***\r\nI: Starting bootloader\r\n",
	  EF_CONSOLE_LOADER_LINE, EF_CONSOLE_LOADER },
	{ ROM ENTRY "*** Booting MCUboot v2.1 ***\r\nE: Image in slot is not valid!\r\n",
	  EF_CONSOLE_FAILURE, EF_CONSOLE_LOADER },
};
#define ORDERS (int)(sizeof(orders) / sizeof(orders[0]))

static void keep(void *user, const char *line, size_t len, const struct ef_console_event *event)
{
	(void)line;
	(void)len;
	*(struct ef_console_event *)user = *event;
}

/* The same for any pieces in which the bytes come. */
START_TEST(each_order)
{
	size_t len = strlen(orders[_i].text);

	for (size_t piece = 1; piece <= len; piece += 1 + piece / 2) {
		struct ef_console c = { .len = 0 };
		struct ef_console_event e = { .kind = EF_CONSOLE_EMPTY };

		for (size_t at = 0; at < len; at += piece)
			ef_console_feed(&c, orders[_i].text + at,
					len - at < piece ? len - at : piece, keep, &e);
		ck_assert_msg(e.kind == orders[_i].kind && e.stage == orders[_i].stage,
			      "pieces of %zu: kind %d, stage %d after\n%s", piece, e.kind, e.stage,
			      orders[_i].text);
	}
}
END_TEST

START_TEST(a_long_line_is_cut)
{
	struct ef_console c = { .len = 0 };
	struct ef_console_event e = { .kind = EF_CONSOLE_EMPTY };
	char text[2 * EF_CONSOLE_LINE_MAX];

	memset(text, 'x', sizeof(text));
	ef_console_feed(&c, text, sizeof(text), keep, &e);
	ck_assert_int_eq(e.kind, EF_CONSOLE_EMPTY);
	ef_console_feed(&c, "\n", 1, keep, &e);
	ck_assert_int_eq(e.kind, EF_CONSOLE_TEXT);
	ef_console_feed(&c, "waiting for download\n", 21, keep, &e);
	ck_assert_int_eq(e.kind, EF_CONSOLE_WAITS);
}
END_TEST

Suite *suite_console(void);
Suite *suite_console(void)
{
	Suite *s = suite_create("console");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, each_line, 0, LINES);
	tcase_add_test(t, numbers_of_a_line);
	tcase_add_loop_test(t, each_order, 0, ORDERS);
	tcase_add_test(t, a_long_line_is_cut);
	suite_add_tcase(s, t);
	return s;
}
