/* SPDX-License-Identifier: MIT */
/*
 * What the virtual board does when it isn't in download mode: the reset
 * circuits, and booting what is in its flash. Expected texts are those that
 * mask ROMs and ESP-IDF's bootloader print.
 */
#include <stdio.h>

#include "base/hash.h"
#include "base/util.h"
#include "ck_ef.h"
#include "sim/sim.h"

static struct ef_err err;
static struct sim *sim;
static struct ef_port *port;

static void open_board(const struct sim_opts *opts)
{
	memset(&err, 0, sizeof(err));
	sim = sim_new(opts);
	ck_assert_ptr_nonnull(sim);
	ck_ok(sim_port_open(sim, &port, &err), &err);
}

static void teardown(void)
{
	port->ops->close(port);
	sim_free(sim);
}

static void wait_ms(unsigned ms)
{
	ck_ok(port->ops->sleep_us(port, ms * 1000u, &err), &err);
}

static void set(unsigned mask, unsigned value)
{
	ck_ok(port->ops->set_lines(port, mask, value, &err), &err);
}

#define BOTH (EF_DTR | EF_RTS)

/* The published sequences, written out again (esptool's reset strategies). */
static void tight(unsigned delay_ms)
{
	set(BOTH, 0);
	set(BOTH, BOTH);
	set(BOTH, EF_RTS);
	wait_ms(100);
	set(BOTH, EF_DTR);
	wait_ms(delay_ms);
	set(BOTH, 0);
	wait_ms(400);
}

static void classic(unsigned delay_ms)
{
	set(EF_DTR, 0);
	set(EF_RTS, EF_RTS);
	wait_ms(100);
	set(EF_DTR, EF_DTR);
	set(EF_RTS, 0);
	wait_ms(delay_ms);
	set(EF_DTR, 0);
	wait_ms(400);
}

static void usb_jtag(void)
{
	set(EF_RTS, 0);
	set(EF_DTR, 0);
	wait_ms(100);
	set(EF_DTR, EF_DTR);
	set(EF_RTS, 0);
	wait_ms(100);
	set(EF_RTS, EF_RTS);
	set(EF_DTR, 0);
	set(EF_RTS, EF_RTS);
	wait_ms(100);
	set(EF_DTR, 0);
	set(EF_RTS, 0);
}

/* Which sequence works on which circuit. */
START_TEST(circuits_and_sequences)
{
	static const struct {
		enum sim_circuit circuit;
		bool classic, classic_long, tight, tight_long;
	} rows[] = {
		{ SIM_CIRCUIT_AUTO, true, true, true, true },
		{ SIM_CIRCUIT_FAST_EN, false, false, true, true },
		{ SIM_CIRCUIT_SLOW_EN, false, true, false, true },
		{ SIM_CIRCUIT_NONE, false, false, false, false },
		{ SIM_CIRCUIT_NO_BOOT, false, false, false, false },
	};
	const bool want[] = { rows[_i].classic, rows[_i].classic_long, rows[_i].tight,
			      rows[_i].tight_long };

	for (unsigned k = 0; k < 4; k++) {
		/* with an application: a blank chip's watchdog would look at BOOT again */
		open_board(&(struct sim_opts){ .chip = "esp32",
					       .revision = SIM_DEFAULT_REV,
					       .circuit = rows[_i].circuit,
					       .chatty_app = true });
		if (k < 2)
			classic(k ? 500 : 50);
		else
			tight(k == 3 ? 500 : 50);
		ck_assert_msg(sim_is_download(sim) == want[k], "circuit %d sequence %u", _i, k);
		teardown();
	}
}
END_TEST

START_TEST(usb_jtag_lines)
{
	open_board(&(struct sim_opts){
		.chip = "esp32c3", .revision = SIM_DEFAULT_REV, .circuit = SIM_CIRCUIT_USB_JTAG });
	ck_assert_uint_eq(port->info.vid, 0x303a);
	ck_assert_uint_eq(port->info.pid, 0x1001);
	usb_jtag();
	ck_assert(sim_is_download(sim));
	ck_assert_ptr_nonnull(strstr(sim_console(sim), "rst:0x15 (USB_UART_CHIP_RESET),boot:0x5"));
	/* a pulse on RTS alone: back to the application */
	set(BOTH, EF_RTS);
	wait_ms(100);
	set(BOTH, 0);
	wait_ms(10);
	ck_assert(!sim_is_download(sim));
	teardown();
}
END_TEST

START_TEST(blank_flash_is_an_invalid_header)
{
	open_board(&(struct sim_opts){ .chip = "esp32s3", .revision = SIM_DEFAULT_REV });
	wait_ms(1000);
	ck_assert_ptr_nonnull(strstr(sim_console(sim), "rst:0x1 (POWERON),boot:0x8 "
						       "(SPI_FAST_FLASH_BOOT)\r\n"
						       "invalid header: 0xffffffff\r\n"));
	ck_assert_ptr_nonnull(strstr(sim_console(sim), "rst:0x7 (TG0WDT_SYS_RST)"));
	ck_assert(!sim_is_running(sim));
	ck_assert_uint_ge(sim_resets(sim), 2);
	teardown();
}
END_TEST

START_TEST(factory_bootloader_finds_no_application)
{
	static const struct {
		const char *chip;
		uint32_t at;
	} chips[] = { { "esp32", 0x1000 },   { "esp32s2", 0x1000 }, { "esp32s3", 0 },
		      { "esp32c2", 0 },      { "esp32c3", 0 },      { "esp32c5", 0x2000 },
		      { "esp32c6", 0 },      { "esp32c61", 0 },     { "esp32h2", 0 },
		      { "esp32p4", 0x2000 }, { "esp32s31", 0x2000 } };

	open_board(&(struct sim_opts){
		.chip = chips[_i].chip, .revision = SIM_DEFAULT_REV, .boot.is_factory = true });
	ck_assert_uint_eq(sim_flash(sim, NULL)[chips[_i].at], 0xe9);
	wait_ms(300);
	ck_assert_ptr_nonnull(strstr(sim_console(sim), "boot: espsim bootloader\r\n"));
	ck_assert_ptr_nonnull(strstr(
		sim_console(sim), "boot: No bootable app partitions in the partition table\r\n"));
	teardown();
}
END_TEST

/* ---- a flash as ESP-IDF's tools fill it ---- */

static uint8_t flash[4u << 20];

static void read_corpus(const char *name, uint32_t at)
{
	struct ef_buf buf = EF_BUF_INIT(1u << 20);
	char path[512];

	ck_assert(ef_snprintf(path, sizeof(path), "%s/%s", EF_CORPUS_DIR, name));
	ck_ok(ef_file_read(path, &buf, &err), &err);
	ck_assert_uint_le(buf.len, sizeof(flash) - at);
	memcpy(flash + at, buf.data, buf.len);
	ef_buf_release(&buf);
}

static bool has_corpus(void)
{
	if (ef_file_exists(EF_CORPUS_DIR "/bootloader/idf-esp32c3.bin"))
		return true;
	(void)fputs("no corpus: skipped\n", stderr);
	return false;
}

static void put(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* One mapped segment with an application descriptor and a greeting. */
static void put_app(uint32_t at, uint16_t chip_id, uint32_t map_addr)
{
	uint8_t *p = flash + at, sum = 0xef;
	const uint32_t len = 0x200;
	static const uint8_t head[24] = {
		0xe9, 1, 2, 0x20, [8] = 0xee, [17] = 0xff, 0xff, [23] = 1
	};

	memset(p, 0, 0x230);
	memcpy(p, head, sizeof(head));
	p[12] = (uint8_t)chip_id;
	put(p + 24, map_addr + 0x20);
	put(p + 28, len);
	put(p + 32, 0xabcd5432);
	memcpy(p + 32 + 16, "v9.8.7", 7);
	memcpy(p + 32 + 48, "blinky", 7);
	memcpy(p + 32 + 0x150, "Hello from blinky!", 19);
	for (uint32_t i = 0; i < len; i++)
		sum ^= p[32 + i];
	p[0x22f] = sum;
	ef_sha256(p, 0x230, p + 0x230);
}

static void fill_flash(void)
{
	memset(flash, 0xff, sizeof(flash));
	read_corpus("bootloader/idf-esp32c3.bin", 0);
	read_corpus("partitions/partitions_singleapp.bin", 0x8000);
	put_app(0x10000, 5, 0x3c000000);
}

static void boot_flash(void)
{
	open_board(&(struct sim_opts){ .chip = "esp32c3",
				       .revision = SIM_DEFAULT_REV,
				       .flash = flash,
				       .flash_size = sizeof(flash),
				       .circuit = SIM_CIRCUIT_NONE });
	wait_ms(390);
}

static void console_has(const char *text)
{
	ck_assert_msg(strstr(sim_console(sim), text) != NULL, "no '%s' in:\n%.1500s", text,
		      sim_console(sim));
}

START_TEST(good_flash_boots)
{
	if (!has_corpus())
		return;
	fill_flash();
	boot_flash();
	ck_assert(sim_is_running(sim));
	console_has("SPIWP:0xee\r\nmode:DIO, clock div:2\r\nload:0x3fcd6100,len:0x14\r\n");
	console_has("entry 0x403c0000\r\n");
	console_has("boot: ESP-IDF v4.3-dev-334-g16e95d0-dirty 2nd stage bootloader\r\n");
	console_has("boot:  2 factory          factory app      00 00 00010000 00100000\r\n");
	console_has("esp_image: segment 0: paddr=00010020 vaddr=3c000020 size=00200h (   512) map");
	console_has("boot: Loaded app from partition at offset 0x10000\r\n");
	console_has("Project name:     blinky\r\n");
	console_has("App version:      v9.8.7\r\n");
	console_has("\r\nHello from blinky!\r\n");
	teardown();
}
END_TEST

START_TEST(bad_flash_says_why)
{
	static const struct {
		uint32_t at;
		uint8_t flip;
		const char *text;
	} cases[] = {
		{ 0x10000, 1, "esp_image: image at 0x10000 has invalid magic byte" },
		{ 0x10001, 0x80, "esp_image: image at 0x10000 segment count 129 exceeds max 16" },
		{ 0x1000c, 0x08, "boot_comm: mismatch chip ID, expected 5, found 13" },
		{ 0x10010, 0x01, "boot_comm: Image requires chip rev >= v2.56, but chip is v0.4" },
		{ 0x10100, 1, "esp_image: Checksum failed. Calculated 0x" },
		{ 0x10240, 1, "esp_image: Image hash failed - image is corrupt" },
		{ 0x8028, 1, "flash_parts: Incorrect MD5 checksum" },
		{ 0x8001, 1, "flash_parts: partition 0 invalid magic number 0x51aa" },
		{ 0x804b, 1, "exceeds flash chip size" },
		{ 0x0100, 1, "Checksum failure. Calculated 0x" },
		{ 0x0003, 0x30, "SHA-256 comparison failed:" },
	};

	if (!has_corpus())
		return;
	fill_flash();
	flash[cases[_i].at] ^= cases[_i].flip;
	boot_flash();
	console_has(cases[_i].text);
	ck_assert(sim_is_running(sim) == (cases[_i].at == 3)); /* that one is a warning */
	teardown();
}
END_TEST

/* otadata entry: number, label, state, CRC; 0x4743989a belongs to 1 (ESP-IDF's otatool). */
START_TEST(otadata_chooses_the_slot)
{
	if (!has_corpus())
		return;
	fill_flash();
	read_corpus("partitions/partitions_two_ota.bin", 0x8000);
	put_app(0x110000, 5, 0x3c000000);
	flash[3] = 0x20; /* 4 MB */
	boot_flash();
	console_has("Loaded app from partition at offset 0x10000");
	teardown();
	put(flash + 0xd000, 1);
	put(flash + 0xd01c, 0x4743989a);
	boot_flash();
	console_has("Loaded app from partition at offset 0x110000");
	teardown();
	flash[0x110000] = 0; /* the factory app is the last resort */
	boot_flash();
	console_has("boot: OTA app partition slot 0 is not bootable");
	console_has("Loaded app from partition at offset 0x10000");
	teardown();
}
END_TEST

/* The words are those of bootloader_utility.c; what is chosen is in tests/golden/otadata. */
START_TEST(without_factory_the_first_start_takes_ota_0)
{
	static const struct {
		uint32_t type, offset, size;
	} rows[] = { { 0x1, 0xd000, 0x2000 },
		     { 0x1000, 0x10000, 0x100000 },
		     { 0x1100, 0x110000, 0x100000 } };

	if (!has_corpus())
		return;
	fill_flash();
	memset(flash + 0x8000, 0xff, 0x1000);
	for (unsigned i = 0; i < EF_ARRAY_LEN(rows); i++) {
		memset(flash + 0x8000 + 32 * i, 0, 32);
		put(flash + 0x8000 + 32 * i, 0x50aa | rows[i].type << 16);
		put(flash + 0x8004 + 32 * i, rows[i].offset);
		put(flash + 0x8008 + 32 * i, rows[i].size);
	}
	put_app(0x110000, 5, 0x3c000000);
	flash[3] = 0x20; /* 4 MB */
	boot_flash();
	console_has("boot: No factory image, trying OTA 0");
	console_has("Loaded app from partition at offset 0x10000");
	console_has("boot: Set actual ota_seq=1 in otadata[0]");
	teardown();
	ck_assert_mem_eq(flash + 0xd000, "\1\0\0\0\xff", 5);
	ck_assert_mem_eq(flash + 0xd018, "\2\0\0\0\x9a\x98\x43\x47", 8);
	put(flash + 0xd018, 3); /* INVALID, and no factory app */
	flash[0x10000] = 0;
	boot_flash();
	console_has("boot: OTA app partition slot 0 is not bootable");
	console_has("Loaded app from partition at offset 0x110000");
	teardown();
	put(flash + 0xd018, 2);
	flash[0xd01c] ^= 1; /* a wrong CRC */
	boot_flash();
	console_has("boot: ota data partition invalid and no factory, will try all partitions");
	teardown();
	flash[0x8009] = 0x10; /* otadata has one sector */
	boot_flash();
	console_has("boot: ota_info partition size 4096 is too small (minimum 8192 bytes)");
	teardown();
}
END_TEST

static void boot_rollback(void)
{
	open_board(&(struct sim_opts){ .chip = "esp32c3",
				       .revision = SIM_DEFAULT_REV,
				       .flash = flash,
				       .boot.has_rollback = true });
	wait_ms(1000);
}

/* NEW, then PENDING_VERIFY, then ABORTED: an app that never confirms itself runs once. */
START_TEST(rollback_ends_an_unconfirmed_app)
{
	if (!has_corpus())
		return;
	fill_flash();
	read_corpus("partitions/partitions_two_ota.bin", 0x8000);
	put_app(0x110000, 5, 0x3c000000);
	flash[3] = 0x20; /* 4 MB */
	put(flash + 0xd000, 1);
	put(flash + 0xd018, 0);
	put(flash + 0xd01c, 0x4743989a);
	boot_rollback();
	console_has("Loaded app from partition at offset 0x110000");
	teardown();
	ck_assert_uint_eq(flash[0xd018], 1);
	boot_rollback();
	console_has("boot: Defaulting to factory image");
	console_has("Loaded app from partition at offset 0x10000");
	teardown();
	ck_assert_uint_eq(flash[0xd018], 4);
}
END_TEST

START_TEST(chatty_application_runs)
{
	open_board(&(struct sim_opts){ .chip = "esp32",
				       .revision = SIM_DEFAULT_REV,
				       .circuit = SIM_CIRCUIT_NONE,
				       .chatty_app = true });
	wait_ms(1000);
	ck_assert(sim_is_running(sim));
	console_has("tick 0\r\ntick 1\r\n");
	teardown();
}
END_TEST

START_TEST(impossible_boards)
{
	ck_assert_ptr_null(sim_new(&(struct sim_opts){ .chip = "esp9000" }));
	ck_assert_ptr_null(sim_new(&(struct sim_opts){ .chip = "esp32", .secure_download = true }));
	ck_assert_ptr_null(
		sim_new(&(struct sim_opts){ .chip = "esp32", .circuit = SIM_CIRCUIT_USB_JTAG }));
	ck_assert_ptr_null(sim_new(&(struct sim_opts){ .chip = "esp32", .flash_size = 1000 }));
}
END_TEST

Suite *suite_sim_boot(void);
Suite *suite_sim_boot(void)
{
	Suite *s = suite_create("sim_boot");
	TCase *tc = tcase_create("boot");

	tcase_add_loop_test(tc, circuits_and_sequences, 0, 5);
	tcase_add_test(tc, usb_jtag_lines);
	tcase_add_test(tc, blank_flash_is_an_invalid_header);
	tcase_add_loop_test(tc, factory_bootloader_finds_no_application, 0, 11);
	tcase_add_test(tc, good_flash_boots);
	tcase_add_loop_test(tc, bad_flash_says_why, 0, 11);
	tcase_add_test(tc, otadata_chooses_the_slot);
	tcase_add_test(tc, without_factory_the_first_start_takes_ota_0);
	tcase_add_test(tc, rollback_ends_an_unconfirmed_app);
	tcase_add_test(tc, chatty_application_runs);
	tcase_add_test(tc, impossible_boards);
	suite_add_tcase(s, tc);
	return s;
}
