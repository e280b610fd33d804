/* SPDX-License-Identifier: MIT */
/*
 * The primitives of a session: registers that must not be asked for, the form of a loader's
 * commands (docs/protocol.md, sections 3 and 4), a port that comes back, and verdicts.
 */
#include "flasher/session.h"
#include "ck_ef.h"
#include "rig/fake_port.h"

static struct ef_flasher f;
static struct fake_port port;
static struct ef_err err;

static void start(const char *chip)
{
	memset(&f, 0, sizeof(f));
	fake_init(&port, EF_PORT_HAS_LINES | EF_PORT_HAS_BAUD);
	port.now_us = 7000000;
	err = (struct ef_err)EF_ERR_INIT;
	f.port = &port.base;
	f.recovery.patience_ms = 400; /* docs/protocol.md, as a session begins with */
	f.dev.chip = ef_chip_by_name(chip);
	ck_ok(ef_rom_init(&f.rom, &port.base, &err), &err);
}

/* ---- registers ---- */

/* The ROM of secure download mode refuses them; nothing is sent. */
START_TEST(no_registers_in_secure_download_mode)
{
	const uint32_t addrs[] = { 0x60008800, 0x60008804, 0x60008808 };
	uint32_t values[3];
	struct ef_regs regs;

	start("esp32c3");
	f.dev.is_secure_download = true;
	regs = ef_flasher_regs(&f);
	ck_fails(regs.read(regs.ctx, 0x60008800, values, &err), &err, EF_E_UNSUPP,
		 "secure download mode");
	ck_fails(regs.write(regs.ctx, 0x60008800, 0, UINT32_MAX, &err), &err, EF_E_UNSUPP,
		 "secure download mode");
	ck_assert_uint_eq(port.sent_len, 0);
	/* a single one is not even asked ahead */
	ck_fails(ef_session_read_regs(&f, addrs, 1, values, &err), &err, EF_E_UNSUPP, "");
	ck_assert_uint_eq(port.sent_len, 0);
	ef_rom_release(&f.rom);
}
END_TEST

START_TEST(a_delay_passes_time)
{
	struct ef_regs regs;

	start("esp32c3");
	regs = ef_flasher_regs(&f);
	ck_ok(regs.delay_us(regs.ctx, 1500, &err), &err);
	ck_assert_uint_eq(port.now_us, 7001500);
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- the form of commands ---- */

static const struct {
	const char *chip;
	enum ef_loader loader;
	uint16_t vid;
	bool is_otg, is_jtag;
	uint32_t ram, flash;
	bool has_encrypt_word;
} forms[] = {
	{ "esp32", EF_LOADER_ROM, 0x10c4, false, false, 0x1800, 0x400, false },
	{ "esp32", EF_LOADER_STUB, 0x10c4, false, false, 0x1800, 0x4000, false },
	{ "esp32c3", EF_LOADER_ROM, 0x10c4, false, false, 0x1800, 0x400, true },
	{ "esp32c3", EF_LOADER_STUB, 0x10c4, false, false, 0x1800, 0x4000, false },
	{ "esp32s2", EF_LOADER_ROM, 0x303a, true, false, 0x800, 0x400, true },
	{ "esp32s2", EF_LOADER_STUB, 0x303a, true, false, 0x800, 0x800, false },
	{ "esp32s3", EF_LOADER_STUB, 0x303a, false, true, 0x1800, 0x4000, false },
	/* a port without USB ids: the console may be USB-OTG, and only the upload is cautious */
	{ "esp32s2", EF_LOADER_ROM, 0, false, false, 0x800, 0x400, true },
	{ "esp32s2", EF_LOADER_STUB, 0, false, false, 0x800, 0x4000, false },
	{ "esp32s3", EF_LOADER_ROM, 0, false, true, 0x1800, 0x400, true },
	{ "esp32c3", EF_LOADER_ROM, 0, false, false, 0x1800, 0x400, true },
};

START_TEST(form_of_commands)
{
	start(forms[_i].chip);
	port.base.info.vid = forms[_i].vid;
	f.dev.is_usb_otg = forms[_i].is_otg;
	f.dev.is_usb_jtag = forms[_i].is_jtag;
	ef_session_use_loader(&f, forms[_i].loader);
	ck_assert_uint_eq(f.form.ram_block, forms[_i].ram);
	ck_assert_uint_eq(f.form.flash_block, forms[_i].flash);
	ck_assert_int_eq(f.form.has_encrypt_word, forms[_i].has_encrypt_word);
	ck_assert_int_eq(f.dev.is_stub, forms[_i].loader == EF_LOADER_STUB);
	ck_assert_int_eq(f.rom.loader, forms[_i].loader);
	/* before the chip is known, no extra word may be sent */
	f.dev.chip = NULL;
	ef_session_use_loader(&f, forms[_i].loader);
	ck_assert(!f.form.has_encrypt_word);
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- a port that comes back ---- */

static uint64_t reopened_until_us;
static bool reopen_fails;

static bool on_reopen(struct ef_port *self, uint64_t deadline_us, struct ef_err *e)
{
	reopened_until_us = deadline_us;
	if (reopen_fails)
		return ef_fail(e, EF_E_PORT, "it stays away");
	self->rate_hz = 9600; /* the device is a new one */
	return true;
}

/* The user gets 20 s to plug it in, and the session goes on at the rate that the chip has. */
START_TEST(port_comes_back_at_the_present_rate)
{
	struct ef_err cause = EF_ERR_INIT;

	start("esp32c3");
	ef_fail(&cause, EF_E_PORT, "it is gone");
	port.ops.reopen = on_reopen;
	f.rate_hz = 460800;
	reopen_fails = false;
	ck_ok(ef_session_reopen(&f, &cause, &err), &err);
	ck_assert_uint_eq(port.base.rate_hz, 460800);
	ck_assert_uint_eq(reopened_until_us, 7000000 + 20000000);
	reopen_fails = true;
	ck_fails(ef_session_reopen(&f, &cause, &err), &err, EF_E_PORT, "it stays away");
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- verdicts ---- */

START_TEST(verdict_beside_an_error)
{
	static struct ef_connect_report report;

	start("esp32c3");
	f.opts.report = &report;
	ef_fail(&err, EF_E_UNSUPP, "x");
	ck_assert(!ef_session_verdict(&f, EF_VERDICT_SECURE_DOWNLOAD, &err));
	ck_assert_int_eq(report.verdict, EF_VERDICT_SECURE_DOWNLOAD);
	ck_assert_int_eq(err.hint.id, EF_HINT_VERDICT);
	ck_assert_uint_eq(err.hint.number[0], EF_VERDICT_SECURE_DOWNLOAD);
	ef_err_clear(&err);
	/* a hint that says more is kept */
	ef_fail(&err, EF_E_UNSUPP, "x");
	ef_hint_set(&err, EF_HINT_SECURE_DOWNLOAD);
	ck_assert(!ef_session_verdict(&f, EF_VERDICT_NO_FLASH, &err));
	ck_assert_int_eq(report.verdict, EF_VERDICT_NO_FLASH);
	ck_assert_int_eq(err.hint.id, EF_HINT_SECURE_DOWNLOAD);
	ef_rom_release(&f.rom);
}
END_TEST

/* ---- which loader answers ---- */

static void count_delimiters(struct fake_port *p, const uint8_t *data, size_t len)
{
	p->sent_len += len == 1 && data[0] == 0xc0;
}

/* Nobody answers: so many SYNCs, and a lone delimiter before every second one. */
START_TEST(nobody_answers)
{
	const struct ef_budget budget = { .tries = 5, .ms = 100 };
	enum ef_sync_result who;
	bool answers;

	start("esp32c3");
	port.on_write = count_delimiters;
	ck_ok(ef_session_who(&f, &budget, &who, &err), &err);
	ck_assert_int_eq(who, EF_SYNC_NONE);
	ck_assert_uint_eq(port.sent_len, 2);
	ck_assert_uint_ge(port.now_us, 7000000 + 5 * 100000);
	ck_assert_uint_lt(port.now_us, 7000000 + 6 * 100000);
	port.now_us = 7000000;
	port.sent_len = 0;
	ck_ok(ef_session_resync(&f, &budget, &answers, &err), &err);
	ck_assert(!answers);
	ck_assert_uint_eq(port.discards, 1);
	ck_assert_uint_eq(port.sent_len, 2);
	ck_assert_uint_ge(port.now_us, 7000000 + 5 * 100000);
	ck_assert_uint_lt(port.now_us, 7000000 + 6 * 100000);
	ef_rom_release(&f.rom);
}
END_TEST

static unsigned syncs;

static void count_syncs(struct fake_port *p, const uint8_t *data, size_t len)
{
	(void)p;
	syncs += len > 2 && data[2] == EF_OP_SYNC;
}

/*
 * Registers are asked for ahead, and no answer comes for 0.4 s. Three SYNCs of 0.1 s look for the
 * loader: register access isn't worth more, but a loader must not be lost for one lost byte.
 */
START_TEST(registers_asked_ahead_and_nobody_answers)
{
	const uint32_t addrs[] = { 0x60008800, 0x60008804, 0x60008808 };
	uint32_t values[3];

	start("esp32c3");
	port.base.info.vid = 0x10c4;
	port.on_write = count_syncs;
	syncs = 0;
	ck_assert(!ef_session_read_regs(&f, addrs, 3, values, &err));
	ck_assert_int_eq(err.fault.kind, EF_FAULT_SILENT);
	ck_assert_uint_eq(syncs, 3);
	ck_assert_uint_ge(port.now_us, 7000000 + 400000 + 3 * 100000);
	ck_assert_uint_lt(port.now_us, 7000000 + 400000 + 4 * 100000);
	ck_assert_uint_ge(f.recovery.damages, 1);
	ef_err_clear(&err);
	ef_rom_release(&f.rom);
}
END_TEST

/* Where a loader has no room for requests, and after damage, each answer is waited for. */
static const struct {
	uint16_t vid;
	bool is_stub, is_otg, is_jtag;
	unsigned damages;
	unsigned
		ahead; /* requests of 14 bytes that are sent at once: 128 bytes hold 9, 64 hold 4 */
} rooms[] = {
	{ 0x10c4, false, false, false, 0, 9 }, { 0x10c4, true, false, false, 0, 1 },
	{ 0x303a, false, true, false, 0, 1 },  { 0x303a, false, false, true, 0, 4 },
	{ 0x10c4, false, false, false, 1, 1 }, { 0, false, false, false, 0, 1 },
};

static unsigned first_requests;

static void count_requests(struct fake_port *p, const uint8_t *data, size_t len)
{
	(void)p;
	if (first_requests)
		return;
	for (size_t i = 0; i + 1 < len; i++)
		first_requests += data[i] == 0xc0 && data[i + 1] == 0x00;
}

START_TEST(registers_asked_ahead)
{
	uint32_t addrs[12], values[12];

	for (uint32_t i = 0; i < 12; i++)
		addrs[i] = 0x60008800 + 4 * i;
	/* no variable of the S31's ROM says whether it talks over USB-OTG; of the S2's one does */
	start(rooms[_i].vid ? "esp32s2" : "esp32s31");
	port.base.info.vid = rooms[_i].vid;
	f.dev.is_usb_otg = rooms[_i].is_otg;
	f.dev.is_usb_jtag = rooms[_i].is_jtag;
	f.recovery.damages = rooms[_i].damages;
	f.rom.loader = rooms[_i].is_stub ? EF_LOADER_STUB : EF_LOADER_ROM;
	port.on_write = count_requests;
	first_requests = 0;
	ck_assert(!ef_session_read_regs(&f, addrs, 12, values, &err));
	ck_assert_uint_eq(first_requests, rooms[_i].ahead);
	ef_err_clear(&err);
	ef_rom_release(&f.rom);
}
END_TEST

Suite *suite_session(void);
Suite *suite_session(void)
{
	Suite *s = suite_create("session");
	TCase *t = tcase_create("all");

	tcase_add_test(t, no_registers_in_secure_download_mode);
	tcase_add_test(t, a_delay_passes_time);
	tcase_add_loop_test(t, form_of_commands, 0, (int)EF_ARRAY_LEN(forms));
	tcase_add_test(t, port_comes_back_at_the_present_rate);
	tcase_add_test(t, verdict_beside_an_error);
	tcase_add_test(t, nobody_answers);
	tcase_add_test(t, registers_asked_ahead_and_nobody_answers);
	tcase_add_loop_test(t, registers_asked_ahead, 0, (int)EF_ARRAY_LEN(rooms));
	suite_add_tcase(s, t);
	return s;
}
