/* SPDX-License-Identifier: MIT */
/*
 * Identification: facts of every chip from boards with known eFuses, unknown
 * chips, and the watchdogs of USB consoles. The register sequences are esptool's
 * (chip-facts.json: disable_watchdogs).
 */
#include "fake_rom.h"
#include "flasher_rig.h"

/* ---- facts ---- */

START_TEST(facts_of_every_chip)
{
	/* crystals of common boards, and the ids of Espressif's image header */
	static const struct {
		const char *name, *label;
		uint8_t id;
		uint32_t xtal_mhz;
		const char *feature;
	} want[] = {
		{ "esp32", "ESP32", 0, 40, "WiFi" },
		{ "esp32c2", "ESP32-C2", 12, 26, "WiFi" },
		{ "esp32c3", "ESP32-C3", 5, 40, "WiFi" },
		{ "esp32c5", "ESP32-C5", 23, 48, "WiFi" },
		{ "esp32c6", "ESP32-C6", 13, 40, "WiFi" },
		{ "esp32c61", "ESP32-C61", 20, 40, "WiFi" },
		{ "esp32h2", "ESP32-H2", 16, 32, "BLE" },
		{ "esp32p4", "ESP32-P4", 18, 40, "" },
		{ "esp32s2", "ESP32-S2", 2, 40, "WiFi" },
		{ "esp32s3", "ESP32-S3", 9, 40, "WiFi" },
		{ "esp32s31", "ESP32-S31", 32, 40, "" },
	};
	const struct sim_opts board = { .chip = want[_i].name, .xtal_mhz = want[_i].xtal_mhz };
	const uint8_t mac[6] = { 0x7c, 0xdf, 0xa1, 0x00, 0x00, want[_i].id };
	const struct ef_device *d;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	d = rig_device(&r);
	ck_assert_str_eq(d->chip->label, want[_i].label);
	ck_assert_mem_eq(d->mac, mac, 6);
	ck_assert_uint_eq(d->xtal_mhz, want[_i].xtal_mhz);
	ck_assert_ptr_nonnull(strstr(d->features.text, want[_i].feature));
	ck_assert_uint_gt(strlen(d->features.package), 0);
	ck_assert(!d->is_secure_download && !d->is_usb_jtag && !d->is_usb_otg);
	/* the ESP32 has no security info, and the S2's names no chip */
	ck_assert_int_eq(d->has_security, _i != 0);
	if (d->has_security)
		ck_assert_int_eq(d->security.has_chip_id, strcmp(want[_i].name, "esp32s2") != 0);
	rig_done(&r);
}
END_TEST

START_TEST(revisions)
{
	static const struct {
		const char *chip;
		uint16_t revision;
	} want[] = { { "esp32", 100 },   { "esp32", 301 },   { "esp32c2", 200 }, { "esp32c3", 3 },
		     { "esp32c3", 101 }, { "esp32c6", 2 },   { "esp32h2", 102 }, { "esp32s2", 1 },
		     { "esp32s3", 2 },   { "esp32p4", 103 }, { "esp32p4", 301 } };
	const struct sim_opts board = { .chip = want[_i].chip, .revision = want[_i].revision };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->has_revision);
	ck_assert_uint_eq(rig_device(&r)->revision, want[_i].revision);
	rig_done(&r);
}
END_TEST

/* esptool esp32.py, get_secure_boot_enabled: the bit of version 2 counts from v3.0 on. */
START_TEST(secure_boot_v2_exists_from_revision_3)
{
	static const struct {
		uint16_t revision;
		bool is_burnt, is_secure_boot;
	} want[] = { { 200, true, false },
		     { 300, true, true },
		     { 301, true, true },
		     { 300, false, false } };
	const struct sim_opts board = { .chip = "esp32",
					.revision = want[_i].revision,
					.secure_boot = want[_i].is_burnt };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->revision, want[_i].revision);
	ck_assert_int_eq(rig_device(&r)->is_secure_boot, want[_i].is_secure_boot);
	rig_done(&r);
}
END_TEST

START_TEST(registers_are_out_of_reach_in_secure_download_mode)
{
	const struct sim_opts board = { .chip = "esp32c6", .secure_download = true };
	struct ef_regs regs;
	uint32_t value;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	regs = ef_flasher_regs(r.f);
	ck_fails(regs.read(regs.ctx, 0x600b1c00, &value, &r.err), &r.err, EF_E_UNSUPP,
		 "secure download mode");
	ck_fails(regs.write(regs.ctx, 0x600b1c00, 0, 0, &r.err), &r.err, EF_E_UNSUPP,
		 "secure download mode");
	rig_done(&r);
}
END_TEST

/* ---- USB consoles ---- */

static const struct {
	const char *chip;
	const char *writes; /* NULL: esptool leaves the watchdogs alone */
} usb[] = {
	{ "esp32c3", "600080a8=50d83aa1/ffffffff\n60008090=00000000/ffffffff\n"
		     "600080a8=00000000/ffffffff\n600080b0=8f1d312a/ffffffff\n"
		     "600080ac=80000000/80000000\n600080b0=00000000/ffffffff\n" },
	{ "esp32c5", "600b1c18=50d83aa1/ffffffff\n600b1c00=00000000/ffffffff\n"
		     "600b1c18=00000000/ffffffff\n600b1c20=50d83aa1/ffffffff\n"
		     "600b1c1c=00040000/00040000\n600b1c20=00000000/ffffffff\n" },
	{ "esp32c6", "600b1c18=50d83aa1/ffffffff\n600b1c00=00000000/ffffffff\n"
		     "600b1c18=00000000/ffffffff\n600b1c20=50d83aa1/ffffffff\n"
		     "600b1c1c=00040000/00040000\n600b1c20=00000000/ffffffff\n" },
	{ "esp32c61", "600b1c18=50d83aa1/ffffffff\n600b1c00=00000000/ffffffff\n"
		      "600b1c18=00000000/ffffffff\n600b1c20=50d83aa1/ffffffff\n"
		      "600b1c1c=00040000/00040000\n600b1c20=00000000/ffffffff\n" },
	{ "esp32h2", "600b1c1c=50d83aa1/ffffffff\n600b1c00=00000000/ffffffff\n"
		     "600b1c1c=00000000/ffffffff\n600b1c24=50d83aa1/ffffffff\n"
		     "600b1c20=00040000/00040000\n600b1c24=00000000/ffffffff\n" },
	{ "esp32p4", "50116018=50d83aa1/ffffffff\n50116000=00000000/ffffffff\n"
		     "50116018=00000000/ffffffff\n50116020=50d83aa1/ffffffff\n"
		     "5011601c=00040000/00040000\n50116020=00000000/ffffffff\n" },
	{ "esp32s3", "600080b0=50d83aa1/ffffffff\n60008098=00000000/ffffffff\n"
		     "600080b0=00000000/ffffffff\n600080b8=8f1d312a/ffffffff\n"
		     "600080b4=80000000/80000000\n600080b8=00000000/ffffffff\n" },
	/* ESP-IDF's rtc_wdt_reg.h of the chip */
	{ "esp32s31", "20801018=50d83aa1/ffffffff\n20801000=00000000/ffffffff\n"
		      "20801018=00000000/ffffffff\n20801020=50d83aa1/ffffffff\n"
		      "2080101c=00040000/00040000\n20801020=00000000/ffffffff\n" },
};
#define USB ((int)(sizeof(usb) / sizeof(usb[0])))

START_TEST(watchdogs_are_switched_off_on_usb_jtag)
{
	const struct sim_opts board = { .chip = usb[_i].chip, .circuit = SIM_CIRCUIT_USB_JTAG };
	struct rig r;

	rig_power(&r, &board);
	rig_trace(&r);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_usb_jtag);
	if (usb[_i].writes) /* these are the first writes */
		ck_assert_msg(strncmp(r.writes, usb[_i].writes, strlen(usb[_i].writes)) == 0, "%s",
			      r.writes);
	else
		ck_assert_msg(!strstr(r.writes, "=50d83aa1/"), "%s", r.writes);
	rig_done(&r);
}
END_TEST

/* Each chip whose watchdogs are switched off has a super watchdog, too, and is in the table. */
START_TEST(watchdogs_of_all_chips)
{
	int count = 0;

	for (size_t i = 0; ef_chips[i]; i++) {
		const struct ef_wdt *w = &ef_chips[i]->wdt;

		count += w->disable_on_usb;
		ck_assert(!w->disable_on_usb ||
			  (w->swd_conf && w->swd_wprotect && w->swd_key && w->swd_auto_feed));
	}
	ck_assert_int_eq(count, USB);
}
END_TEST

START_TEST(watchdogs_are_left_alone_elsewhere)
{
	struct sim_opts board = { .chip = usb[_i / 3].chip };
	struct rig r;

	/* a USB bridge; a stub that has disabled them; secure download mode */
	if (_i % 3)
		board.circuit = SIM_CIRCUIT_USB_JTAG;
	board.stub_running = _i % 3 == 1;
	board.secure_download = _i % 3 == 2;
	rig_power(&r, &board);
	rig_trace(&r);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_msg(!strstr(r.writes, "=50d83aa1/"), "%s", r.writes);
	rig_done(&r);
}
END_TEST

/* Before the session. */
static void write_word(struct rig *r, uint32_t addr, uint32_t value)
{
	struct ef_rom rom;
	enum ef_sync_result sync;

	ck_ok(ef_rom_init(&rom, r->port, &r->err), &r->err);
	for (int i = 0; i < 5; i++)
		ck_ok(ef_rom_sync(&rom, 100, &sync, &r->err), &r->err);
	ck_ok(ef_rom_write_reg(&rom, addr, value, UINT32_MAX, 0, &r->err), &r->err);
	ef_rom_release(&rom);
}

/* Without USB ids, a variable of the ROM tells (esptool v5.2.0 uart_no). */
START_TEST(console_is_asked_for_where_ids_are_unknown)
{
	static const struct {
		const char *chip;
		uint32_t addr, value;
		bool is_jtag, is_otg;
		uint16_t revision; /* 0: a common one */
	} roms[] = {
		{ "esp32c3", 0x3fcdf07c, 3, true, false, 0 },
		{ "esp32c3", 0x3fcdf07c, 0, false, false, 0 },
		{ "esp32s3", 0x3fcef14c, 4, true, false, 0 },
		{ "esp32s3", 0x3fcef14c, 3, false, true, 0 },
		{ "esp32s2", 0x3ffffd14, 2, false, true, 0 },
		{ "esp32s2", 0x3ffffd14, 0, false, false, 0 },
		/* esptool targets/esp32p4.py: UARTDEV_BUF_NO and its _REV300 */
		{ "esp32p4", 0x4ff3fec8, 6, true, false, 103 },
		{ "esp32p4", 0x4ffbfec8, 6, true, false, 300 },
	};
	const struct sim_opts board = { .chip = roms[_i].chip,
					.revision = roms[_i].revision,
					.circuit = SIM_CIRCUIT_NONE_DOWNLOAD };
	/* whichever of the first answers gets lost */
	for (unsigned lost = 0; lost < 6; lost++) {
		struct sim_faults faults = { .drop_reply = 0 };
		struct rig r;

		rig_power(&r, &board);
		r.port->info.vid = r.port->info.pid = 0;
		write_word(&r, roms[_i].addr, roms[_i].value);
		faults.drop_reply = lost ? sim_requests(r.sim, 0) + lost : 0;
		sim_set_faults(r.sim, &faults);
		r.opts.no_stub = true;
		ck_ok(rig_connect(&r), &r.err);
		ck_assert_int_eq(rig_device(&r)->is_usb_jtag, roms[_i].is_jtag);
		ck_assert_int_eq(rig_device(&r)->is_usb_otg, roms[_i].is_otg);
		rig_done(&r);
	}
}
END_TEST

/* ---- unknown chips ---- */

/*
 * The ESP32's stub clocks the UART from 80 MHz, so the divider does not tell
 * the crystal (esp-flasher-stub main.c, stub_lib_clock_init).
 */
START_TEST(crystal_behind_a_raised_clock_is_unknown)
{
	static const struct {
		uint32_t divider, xtal_mhz;
		bool is_stub;
	} clocks[] = { { 40000000 / 115200, 40, false },
		       { 26000000 / 115200, 26, false },
		       { 40000000 / 115200, 40, true },
		       { 80000000 / 115200, 0, true } };
	struct fake_rom rom = { .magic = 0x00f01d83,
				.divider = clocks[_i].divider,
				.is_stub = clocks[_i].is_stub };
	const struct ef_connect_opts opts = { .no_stub = !clocks[_i].is_stub, .skip_flash = true };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	ck_ok(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err);
	ck_assert_uint_eq(ef_flasher_device(f)->xtal_mhz, clocks[_i].xtal_mhz);
	ef_flasher_close(f);
}
END_TEST

START_TEST(unknown_chips_are_named_by_their_number)
{
	static const struct {
		bool has_security;
		uint32_t chip_id, magic;
		const char *words;
	} unknown[] = {
		{ true, 0x77, 0, "id is 119 (0x77)" },
		{ true, 0x10005, 0, "id is 65541" }, /* its low 16 bits would be a C3's */
		{ false, 0, 0x12345678, "0x12345678" },
		{ false, 0, 0xfff0c101, "0xfff0c101" }, /* ESP8266 */
		{ false, 0, 0, "0x00000000" },
	};
	struct fake_rom rom = { .has_security = unknown[_i].has_security,
				.chip_id = unknown[_i].chip_id,
				.magic = unknown[_i].magic };
	const struct ef_connect_opts opts = { .no_stub = true };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	ck_fails(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err, EF_E_UNSUPP,
		 unknown[_i].words);
	ck_assert_ptr_null(f);
}
END_TEST

/* esptool: a ROM without a chip id that refuses READ_REG is an S2 in secure download mode */
START_TEST(refused_register_read_identifies_the_s2)
{
	struct fake_rom rom = { .refuses = 0x0a };
	const struct ef_connect_opts opts = { .no_stub = true };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	ck_ok(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err);
	ck_assert_str_eq(ef_flasher_device(f)->chip->name, "esp32s2");
	ck_assert(ef_flasher_device(f)->is_secure_download);
	ck_assert(!ef_flasher_device(f)->has_security);
	ef_flasher_close(f);
}
END_TEST

/* ---- doubtful answers ---- */

static struct {
	uint8_t op;               /* requests of this kind are counted */
	unsigned count, most;     /* since the last SYNC; the most between two */
	uint32_t id_step;         /* each answer names another chip */
	uint64_t last_us, gap_us; /* time of the last one, and the shortest time between two */
} doubt;

static void doubtful_rom(struct fake_port *port, const uint8_t *data, size_t len)
{
	struct fake_rom *rom = (struct fake_rom *)(void *)port;

	if (data[2] == EF_OP_SYNC)
		doubt.count = 0;
	if (data[2] == doubt.op) {
		uint64_t gap_us = port->now_us - doubt.last_us;

		if (doubt.count++ && gap_us < doubt.gap_us)
			doubt.gap_us = gap_us;
		doubt.last_us = port->now_us;
		rom->chip_id += doubt.id_step;
	}
	if (doubt.count > doubt.most)
		doubt.most = doubt.count;
	fake_rom_take(port, data, len);
}

static void connect_in_doubt(struct fake_rom *rom, uint8_t op, uint32_t id_step, struct ef_err *err)
{
	const struct ef_connect_opts opts = { .no_stub = true };
	struct ef_flasher *f = NULL;

	memset(&doubt, 0, sizeof(doubt));
	doubt.op = op;
	doubt.id_step = id_step;
	doubt.gap_us = UINT64_MAX;
	fake_plug_in(rom);
	rom->port.on_write = doubtful_rom;
	ck_assert(!ef_flasher_connect(&rom->port.base, &opts, &f, err));
}

/* A chip id that is unknown must come twice; where it never does, six readings are enough. */
START_TEST(security_info_must_agree)
{
	struct fake_rom rom = { .has_security = true, .chip_id = 0x4000 };
	struct ef_err err = EF_ERR_INIT;

	connect_in_doubt(&rom, EF_OP_GET_SECURITY_INFO, 1, &err);
	ck_assert_uint_eq(doubt.most, 6);
	rom = (struct fake_rom){ .has_security = true, .chip_id = 0x4000 };
	ef_err_clear(&err);
	connect_in_doubt(&rom, EF_OP_GET_SECURITY_INFO, 0, &err);
	ck_assert_uint_eq(doubt.most, 2);
	ck_assert_int_eq(err.code, EF_E_UNSUPP);
	/* the low half of this one would be a C3's */
	rom = (struct fake_rom){ .has_security = true, .chip_id = 0x10005 };
	ef_err_clear(&err);
	connect_in_doubt(&rom, EF_OP_GET_SECURITY_INFO, 0, &err);
	ck_assert_uint_eq(doubt.most, 2);
	ck_assert_int_eq(err.code, EF_E_UNSUPP);
}
END_TEST

/* An unknown magic word is read twice more, with 0.1 s for answers that come late. */
START_TEST(an_unknown_magic_word_is_read_again)
{
	struct fake_rom rom = { .magic = 0x12345678 };
	struct ef_err err = EF_ERR_INIT;

	connect_in_doubt(&rom, EF_OP_READ_REG, 0, &err);
	ck_assert_uint_eq(doubt.most, 3);
	ck_assert_uint_ge(doubt.gap_us, 100000);
	ck_assert_uint_lt(doubt.gap_us, 101000);
}
END_TEST

/* No UART has a divider of zero: that is the answer to another request, even if it comes again. */
START_TEST(no_crystal_comes_of_zeros)
{
	struct fake_rom rom = { .magic = 0x00f01d83, .divider = _i ? 347 : 0 };
	const struct ef_connect_opts opts = { .no_stub = true, .skip_flash = true };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	fake_plug_in(&rom);
	if (_i == 0) {
		ck_fails(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err, EF_E_TIMEOUT,
			 "the chip's clock differs between two measurements");
		return;
	}
	ck_ok(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err);
	ck_assert_uint_eq(ef_flasher_device(f)->xtal_mhz, 40);
	ef_flasher_close(f);
}
END_TEST

Suite *suite_device(void);
Suite *suite_device(void)
{
	Suite *s = suite_create("device");
	TCase *t = tcase_create("facts");

	tcase_add_loop_test(t, facts_of_every_chip, 0, RIG_CHIPS);
	tcase_add_loop_test(t, revisions, 0, 11);
	tcase_add_loop_test(t, secure_boot_v2_exists_from_revision_3, 0, 4);
	tcase_add_test(t, registers_are_out_of_reach_in_secure_download_mode);
	suite_add_tcase(s, t);
	t = tcase_create("usb");
	tcase_add_loop_test(t, watchdogs_are_switched_off_on_usb_jtag, 0, USB);
	tcase_add_test(t, watchdogs_of_all_chips);
	tcase_add_loop_test(t, watchdogs_are_left_alone_elsewhere, 0, 3 * USB);
	tcase_add_loop_test(t, console_is_asked_for_where_ids_are_unknown, 0, 8);
	suite_add_tcase(s, t);
	t = tcase_create("rom");
	tcase_add_loop_test(t, crystal_behind_a_raised_clock_is_unknown, 0, 4);
	tcase_add_test(t, refused_register_read_identifies_the_s2);
	tcase_add_loop_test(t, unknown_chips_are_named_by_their_number, 0, 5);
	tcase_add_loop_test(t, no_crystal_comes_of_zeros, 0, 2);
	tcase_add_test(t, security_info_must_agree);
	tcase_add_test(t, an_unknown_magic_word_is_read_again);
	suite_add_tcase(s, t);
	return s;
}
