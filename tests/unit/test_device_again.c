/* SPDX-License-Identifier: MIT */
/* A chip that is identified again: nothing is left of what was known, unless that fails. */
#include "flasher/device.h"
#include "fake_rom.h"
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* Facts of another chip, all of them wrong for an ESP32. */
static void know_something(struct ef_flasher *f)
{
	f->dev.chip = ef_chip_by_name("esp32c3");
	f->dev.has_revision = f->dev.has_mac = f->dev.has_features = true;
	f->dev.xtal_mhz = 48;
	f->dev.has_security = true;
	f->dev.is_secure_boot = true;
	f->dev.is_secure_download = true;
	f->record.words.count = 1;
	f->record.words.is_confirmed = true;
}

START_TEST(nothing_is_left_of_another_chip)
{
	const struct sim_opts board = { .chip = "esp32" };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	know_something(r.f);
	ck_ok(ef_device_detect(r.f, &r.err), &r.err);
	ck_assert_str_eq(r.f->dev.chip->name, "esp32");
	ck_assert(!r.f->dev.has_revision && !r.f->dev.has_mac && !r.f->dev.has_features);
	ck_assert_uint_eq(r.f->dev.xtal_mhz, 0);
	ck_assert(!r.f->dev.has_security);
	ck_assert(!r.f->dev.is_secure_boot);
	ck_assert(!r.f->dev.is_secure_download);
	ck_assert_uint_eq(r.f->record.words.count, 0);
	ck_assert(!r.f->record.words.is_confirmed);
	rig_done(&r);
}
END_TEST

/* What ends the session still asks for the chip's properties. */
START_TEST(all_is_kept_where_nobody_answers)
{
	const struct sim_opts board = { .chip = "esp32" };
	struct sim_faults faults = { 0 };
	struct ef_device was;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	was = *rig_device(&r);
	faults.stall_reply = sim_requests(r.sim, 0) + 1;
	sim_set_faults(r.sim, &faults);
	ck_assert(!ef_device_detect(r.f, &r.err));
	ck_assert_mem_eq(rig_device(&r), &was, sizeof(was));
	rig_done(&r);
}
END_TEST

/*
 * Whether a chip without USB ids is on its own USB port decides on block sizes and watchdogs. So no
 * answer to that question is an error, which recovery handles, and not "no".
 */
START_TEST(unanswered_question_for_the_console_is_an_error)
{
	/* the P4's revision selects the address, and the error may be in either reading */
	static const char *const chips[] = { "esp32s3", "esp32p4" };
	const struct sim_opts board = { .chip = chips[_i], .circuit = SIM_CIRCUIT_NONE_DOWNLOAD };
	struct sim_faults faults = { 0 };
	struct rig r;

	rig_power(&r, &board);
	r.port->info.vid = r.port->info.pid = 0;
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	faults.stall_reply = sim_requests(r.sim, 0) + 1;
	sim_set_faults(r.sim, &faults);
	ck_fails(ef_device_console(r.f, &r.err), &r.err, EF_E_TIMEOUT, "no answer to READ_REG");
	rig_done(&r);
}
END_TEST

/* Everything follows from the chip's id, so one that changes is not believed, and is damage. */
START_TEST(identity_that_changes)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	struct ef_security_info *info;
	bool is_same = false;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_ok(ef_device_confirm(r.f, &is_same, &r.err), &r.err);
	ck_assert(is_same);
	ck_assert_uint_eq(r.f->recovery.damages, 0);
	info = &r.f->dev.security;
	*(_i ? &info->chip_id : &info->flags) ^= 1u << 5;
	ck_fails(ef_device_confirm(r.f, &is_same, &r.err), &r.err, EF_E_TIMEOUT,
		 "differs between two readings");
	ck_assert_uint_eq(r.f->recovery.damages, 1);
	rig_done(&r);
}
END_TEST

/*
 * Words that were read twice from the ROM need no third reading through a stub that was uploaded
 * since without damage. All of that must hold.
 */
START_TEST(third_reading)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	struct ef_words *words;
	bool is_same = false;
	unsigned before;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	words = &r.f->record.words;
	before = words->confirmations;
	words->is_confirmed = _i != 1;
	r.f->dev.is_stub = _i != 2;
	r.f->is_stub_reused = _i == 3;
	r.f->recovery.damages = _i == 4;
	ck_ok(ef_device_confirm(r.f, &is_same, &r.err), &r.err);
	ck_assert(is_same);
	ck_assert_uint_eq(words->confirmations - before, _i != 0);
	rig_done(&r);
}
END_TEST

/* The second reading asks for the security info, then for the words. */
START_TEST(second_reading_fails)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	bool is_same;
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	tap_writes = 0;
	tap_fails_at = (unsigned)_i;
	tap_open(r.port)->write = tap_bad_write;
	ck_fails(ef_device_confirm(r.f, &is_same, &r.err), &r.err, EF_E_IO, "the driver fails");
	tap_close(r.port);
	ck_assert_uint_eq(tap_writes, tap_fails_at);
	ck_assert_uint_eq(r.f->recovery.damages, 0);
	rig_done(&r);
}
END_TEST

/*
 * A ROM answers two readings in few round trips, a stub does not: so the second one comes before a
 * stub is loaded, and where none will be, not so early.
 */
START_TEST(second_reading_comes_before_a_stub)
{
	const struct sim_opts board = { .chip = "esp32c3", .stub_running = _i == 5 };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = _i != 5;
	ck_ok(rig_connect(&r), &r.err);
	r.f->opts.no_stub = _i == 1;
	r.f->opts.speed.is_brief = _i == 2;
	r.f->opts.speed.is_for_facts = _i == 3;
	r.f->recovery.damages = _i == 4; /* what is read over such a line is read again anyway */
	r.f->record.words.count = 0;
	r.f->record.words.is_confirmed = false;
	ck_ok(ef_device_facts(r.f, &r.err), &r.err);
	ck_assert_int_eq(r.f->record.words.is_confirmed, _i == 0);
	rig_done(&r);
}
END_TEST

/*
 * Facts come from words that were read before. Where the record has no room for these, each fact
 * asks the chip, and where that fails, all of it does.
 */
START_TEST(each_fact_may_fail)
{
	static const char *const chips[] = { "esp32", "esp32c3", "esp32s2" };
	const struct sim_opts board = { .chip = chips[_i] };
	struct ef_words *words;
	unsigned all = 0;
	struct rig r;
	bool ok;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	words = &r.f->record.words;
	words->count = EF_WORDS_MAX;
	for (uint32_t i = 0; i < EF_WORDS_MAX; i++)
		words->word[i].addr = i;
	tap_open(r.port)->write = tap_bad_write;
	do {
		tap_writes = 0;
		tap_fails_at = ++all;
		ef_err_clear(&r.err);
		ok = ef_device_facts(r.f, &r.err);
		ck_assert_int_eq(r.err.code, ok ? EF_OK : EF_E_IO);
		ck_assert_uint_eq(tap_writes, ok ? all - 1 : all);
	} while (!ok);
	tap_close(r.port);
	ck_assert_uint_gt(all, 5);
	rig_done(&r);
}
END_TEST

/* ---- the crystal ---- */

#define DIVIDER_OF_40 (40000000 / 115200)
#define DIVIDER_OF_26 (26000000 / 115200)

static struct {
	unsigned readings;
	const char *dividers; /* '4': of 40 MHz, '2': of 26 MHz */
} uart;

static void doubtful_uart(struct fake_port *port, const uint8_t *data, size_t len)
{
	struct fake_rom *rom = (struct fake_rom *)(void *)port;

	if (tap_is_request(data, len, EF_OP_READ_REG) && tap_word(data, len, 0) == 0x3ff40014) {
		char d = uart.dividers[uart.readings++];

		ck_assert_int_ne(d, '\0');
		rom->divider = d == '4' ? DIVIDER_OF_40 : DIVIDER_OF_26;
	}
	fake_rom_take(port, data, len);
}

/* Once more is enough where the line has damaged nothing, twice where it has. */
static const struct {
	const char *dividers;
	unsigned damages, readings, damages_then;
	uint32_t mhz;
} crystals[] = {
	{ "444444444", 0, 2, 0, 40 }, { "444444444", 1, 3, 1, 40 },   { "422222222", 0, 4, 1, 26 },
	{ "424444444", 0, 5, 2, 40 }, { "424242424242", 0, 9, 8, 0 }, /* eight times at most */
};

START_TEST(crystal_is_measured_until_it_agrees)
{
	static const struct ef_connect_opts opts = { .no_stub = true, .skip_flash = true };
	struct fake_rom rom = { .magic = 0x00f01d83, .divider = DIVIDER_OF_40 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;
	unsigned before;

	fake_plug_in(&rom);
	ck_ok(ef_flasher_connect(&rom.port.base, &opts, &f, &err), &err);
	rom.port.on_write = doubtful_uart;
	uart.readings = 0;
	uart.dividers = crystals[_i].dividers;
	f->dev.xtal_mhz = 0;
	before = f->recovery.damages = crystals[_i].damages;
	if (crystals[_i].mhz) {
		ck_ok(ef_device_facts(f, &err), &err);
		ck_assert_uint_eq(f->dev.xtal_mhz, crystals[_i].mhz);
	} else {
		ck_fails(ef_device_facts(f, &err), &err, EF_E_TIMEOUT,
			 "the chip's clock differs between two measurements");
	}
	ck_assert_uint_eq(uart.readings, crystals[_i].readings);
	ck_assert_uint_eq(f->recovery.damages, before ? before : crystals[_i].damages_then);
	ef_flasher_close(f);
}
END_TEST

/* ---- a ROM without security info, which refuses to read registers ---- */

static struct {
	unsigned asked;    /* for the security info */
	unsigned given_at; /* from then on it gives them */
	unsigned fails_at; /* the port fails */
	bool refuses_all;  /* what secure download mode permits, too, */
	bool attach_fails; /* ... or the port fails there */
	unsigned attached;
} secret;

static void secretive_rom(struct fake_port *port, const uint8_t *data, size_t len)
{
	struct fake_rom *rom = (struct fake_rom *)(void *)port;

	if (data[2] == EF_OP_GET_SECURITY_INFO)
		rom->has_security = ++secret.asked == secret.given_at;
	if (data[2] == EF_OP_SPI_ATTACH && secret.refuses_all)
		rom->refuses = EF_OP_SPI_ATTACH;
	fake_rom_take(port, data, len);
	rom->refuses = EF_OP_READ_REG;
	secret.attached += data[2] == EF_OP_SPI_ATTACH;
	if (data[2] == EF_OP_SPI_ATTACH && secret.attach_fails) {
		port->in_len = 0;
		port->fails.read = EF_E_IO;
	}
	if (data[2] == EF_OP_GET_SECURITY_INFO && secret.asked == secret.fails_at) {
		port->in_len = 0;
		port->fails.read = EF_E_IO;
	}
}

/* An S2 in secure download mode is believed to be one when it has refused six times more. */
static struct ef_flasher *secretive(struct fake_rom *rom)
{
	static const struct ef_connect_opts opts = { .no_stub = true };
	struct ef_err err = EF_ERR_INIT;
	struct ef_flasher *f = NULL;

	*rom = (struct fake_rom){ .refuses = EF_OP_READ_REG };
	memset(&secret, 0, sizeof(secret));
	fake_plug_in(rom);
	rom->port.on_write = secretive_rom;
	ck_ok(ef_flasher_connect(&rom->port.base, &opts, &f, &err), &err);
	ck_assert_uint_eq(secret.asked, 1 + 6);
	secret.asked = 0;
	return f;
}

START_TEST(refusal_that_was_a_mistake)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_rom rom;
	struct ef_flasher *f = secretive(&rom);
	unsigned before = f->recovery.damages;

	secret.given_at = (unsigned)_i;
	if (_i < 8) {
		ck_fails(ef_device_detect(f, &err), &err, EF_E_TIMEOUT,
			 "the chip accepted a request that it had refused before");
		ck_assert_uint_eq(secret.asked, (unsigned)_i);
		ck_assert_uint_eq(f->recovery.damages, before + 1);
	} else {
		ck_ok(ef_device_detect(f, &err), &err);
		ck_assert_uint_eq(f->recovery.damages, before);
	}
	ef_flasher_close(f);
}
END_TEST

START_TEST(port_that_fails_behind_refusals)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_rom rom;
	struct ef_flasher *f = secretive(&rom);

	secret.fails_at = (unsigned)_i;
	ck_fails(ef_device_detect(f, &err), &err, EF_E_IO, "the fake port fails");
	ck_assert_uint_eq(secret.asked, (unsigned)_i);
	ef_flasher_close(f);
}
END_TEST

/* A loader that refuses everything is no such S2: that one takes SPI_ATTACH. */
START_TEST(loader_that_refuses_everything)
{
	struct ef_err err = EF_ERR_INIT;
	struct fake_rom rom;
	struct ef_flasher *f = secretive(&rom);
	const struct ef_chip *was = f->dev.chip;

	secret.attached = 0;
	secret.refuses_all = true;
	ck_assert(!ef_device_detect(f, &err));
	ck_assert_int_eq(err.hint.id, EF_HINT_CHIP_MAGIC_UNKNOWN);
	ck_fails(false, &err, EF_E_PROTOCOL, "refuses every request");
	ck_assert_uint_eq(secret.attached, 1);
	secret.refuses_all = false;
	secret.attach_fails = true;
	ck_fails(ef_device_detect(f, &err), &err, EF_E_IO, "the fake port fails");
	ck_assert_ptr_eq(f->dev.chip, was);
	ef_flasher_close(f);
}
END_TEST

Suite *suite_device_again(void);
Suite *suite_device_again(void)
{
	Suite *s = suite_create("device_again");
	TCase *t = tcase_create("device_again");

	tcase_add_test(t, nothing_is_left_of_another_chip);
	tcase_add_test(t, all_is_kept_where_nobody_answers);
	tcase_add_loop_test(t, unanswered_question_for_the_console_is_an_error, 0, 2);
	tcase_add_loop_test(t, identity_that_changes, 0, 2);
	tcase_add_loop_test(t, third_reading, 0, 5);
	tcase_add_loop_test(t, second_reading_fails, 1, 3);
	tcase_add_loop_test(t, second_reading_comes_before_a_stub, 0, 6);
	tcase_add_loop_test(t, each_fact_may_fail, 0, 3);
	tcase_add_loop_test(t, crystal_is_measured_until_it_agrees, 0, EF_ARRAY_LEN(crystals));
	tcase_add_loop_test(t, refusal_that_was_a_mistake, 2, 9);
	tcase_add_loop_test(t, port_that_fails_behind_refusals, 1, 8);
	tcase_add_test(t, loader_that_refuses_everything);
	suite_add_tcase(s, t);
	return s;
}
