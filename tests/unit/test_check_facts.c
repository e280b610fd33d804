/* SPDX-License-Identifier: MIT */
/*
 * eFuses of flash encryption that no board of the simulator has: what is made of them. Words that
 * the session has read are not read again, so the test puts them there.
 */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"
#include "rig/tap_port.h"

/* BLOCK0 of the ESP32: FLASH_CRYPT_CNT is bits 20 to 26 of word 0, FLASH_CRYPT_CONFIG 28 to 31 of
 * word 5 (esptool, esp32.py) */
#define WORD_0 0x3ff5a000u
#define WORD_5 0x3ff5a014u
/* ... and DISABLE_DL_ENCRYPT bit 7 of word 6 */
#define WORD_6 0x3ff5a018u

static struct rig r;

static void start(bool has_stub)
{
	const struct sim_opts board = { .chip = "esp32",
					.locks.encryption = SIM_ENCRYPTION_DEVELOPMENT,
					.stub_running = has_stub };

	rig_power(&r, &board);
	r.opts.no_stub = !has_stub;
	ck_ok(rig_connect(&r), &r.err);
}

static void know(uint32_t addr, uint32_t value)
{
	struct ef_words *w = &r.f->record.words;

	for (size_t i = 0; i < w->count; i++)
		if (w->word[i].addr == addr) {
			w->word[i].value = value;
			return;
		}
	w->word[w->count].addr = addr;
	w->word[w->count++].value = value;
}

static bool is_told(const struct ef_findings *found, const char *words)
{
	for (size_t i = 0; i < found->count; i++)
		if (strstr(found->v[i].err.msg, words))
			return true;
	return false;
}

/* It is on if an odd number of the seven bits is set. */
START_TEST(bits_of_the_counter)
{
	start(false);
	for (uint32_t count = 0; count < 0x80; count++) {
		bool is_odd = false, is_encrypted = false;

		for (unsigned bit = 0; bit < 7; bit++)
			is_odd ^= count >> bit & 1;
		know(WORD_0, count << 20);
		ck_ok(ef_flasher_is_encrypted(r.f, &is_encrypted, &r.err), &r.err);
		ck_assert_int_eq(is_encrypted, is_odd);
	}
	rig_done(&r);
}
END_TEST

/* All bits of the address must take part in encrypting, or the bootloader would not read it. */
START_TEST(configuration_that_no_tool_can_write_for)
{
	static const uint8_t data[0x1000];
	const struct ef_plan_region region = { .region = { 0x10000, data, sizeof(data), "app" },
					       .encrypts = true };
	const struct ef_plan plan = { .regions = &region,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	static struct ef_findings found;
	const struct ef_checked *checked = NULL;

	start(true);
	know(WORD_5, (uint32_t)_i << 28);
	ck_ok(ef_flasher_check(r.f, &plan, true, &found, &checked, &r.err), &r.err);
	ck_assert_int_eq(is_told(&found, "FLASH_CRYPT_CONFIG"), _i != 0xf);
	rig_done(&r);
}
END_TEST

/* It forbids that the loader encrypts, also on a chip that does not decrypt yet. */
START_TEST(bit_that_forbids_it)
{
	static const uint8_t data[0x1000];
	const struct sim_opts board = { .chip = "esp32", .stub_running = true };
	const struct ef_plan_region region = { .region = { 0x10000, data, sizeof(data), "app" },
					       .encrypts = _i < 2 };
	const struct ef_plan plan = { .regions = &region,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	static struct ef_findings found;
	const struct ef_checked *checked = NULL;
	bool is_set = _i % 2;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	know(WORD_6, is_set ? 1u << 7 : 0);
	ck_assert_int_eq(ef_flasher_check(r.f, &plan, true, &found, &checked, &r.err),
			 !(region.encrypts && is_set));
	ck_assert_int_eq(is_told(&found, "DIS_DOWNLOAD_MANUAL_ENCRYPT"), region.encrypts && is_set);
	rig_done(&r);
}
END_TEST

/* What the eFuses or the mode of a board tell of a region that the loader is to encrypt. */
static const struct told {
	const char *chip;
	enum sim_encryption encryption;
	bool is_secure_download;
	bool no_key, hidden; /* these are told */
} tolds[] = {
	{ "esp32", SIM_ENCRYPTION_OFF, false, true, false },
	{ "esp32", SIM_ENCRYPTION_KEY, false, false, false },
	{ "esp32", SIM_ENCRYPTION_DEVELOPMENT, false, false, false },
	{ "esp32c3", SIM_ENCRYPTION_OFF, false, true, false },
	{ "esp32c3", SIM_ENCRYPTION_KEY, false, false, false },
	{ "esp32c3", SIM_ENCRYPTION_DEVELOPMENT, true, false, true },
	{ "esp32c5", SIM_ENCRYPTION_OFF, false, true, false },
	{ "esp32c5", SIM_ENCRYPTION_DEVELOPMENT, false, false, false },
	{ "esp32c5", SIM_ENCRYPTION_KEY_MANAGER, false, false, false },
};

START_TEST(facts_of_a_board)
{
	const struct told *want = &tolds[_i];
	const struct sim_opts board = { .chip = want->chip,
					.secure_download = want->is_secure_download,
					.locks.encryption = want->encryption };
	static const uint8_t data[0x1000];
	const struct ef_plan_region region = { .region = { 0x10000, data, sizeof(data), "app" },
					       .encrypts = true };
	const struct ef_plan plan = { .regions = &region,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	static struct ef_findings found;
	const struct ef_checked *checked = NULL;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_ok(ef_flasher_check(r.f, &plan, true, &found, &checked, &r.err), &r.err);
	ck_assert_int_eq(is_told(&found, "eFuses have no key"), want->no_key);
	ck_assert_int_eq(is_told(&found, "in secure download mode"), want->hidden);
	rig_done(&r);
}
END_TEST

/* ---- a driver that fails while they are read ---- */

static const struct plan {
	const char *chip;
	bool has_secure_boot, encrypts;
	enum sim_encryption encryption;
} plans[] = {
	{ "esp32", true, true, SIM_ENCRYPTION_DEVELOPMENT },
	{ "esp32", true, false, SIM_ENCRYPTION_DEVELOPMENT },
	/* what tells the version of secure boot was not read for the encryption */
	{ "esp32", true, false, SIM_ENCRYPTION_OFF },
	{ "esp32c3", false, true, SIM_ENCRYPTION_DEVELOPMENT },
	{ "esp32c3", false, false, SIM_ENCRYPTION_DEVELOPMENT },
	{ "esp32c5", false, true, SIM_ENCRYPTION_DEVELOPMENT },
};

/* Brings a plan before the gate; the driver fails at this request, from 1 on. 0: it does not. */
static bool check_with(const struct plan *p, unsigned at)
{
	static const uint8_t data[0x1000];
	const struct sim_opts board = { .chip = p->chip,
					.locks = { .encryption = p->encryption,
						   .secure_boot_v1 = p->has_secure_boot } };
	const struct ef_plan_region region = { .region = { 0x10000, data, sizeof(data), "app" },
					       .encrypts = p->encrypts };
	const struct ef_plan plan = { .regions = &region,
				      .region_count = 1,
				      .table_offset = EF_PLAN_NO_TABLE };
	const struct ef_checked *checked = NULL;
	bool ok;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	r.f->record.words.count = 0; /* all of them are read */
	tap_writes = 0;
	tap_fails_at = at;
	tap_open(r.port)->write = tap_bad_write;
	ok = ef_flasher_check(r.f, &plan, true, NULL, &checked, &r.err);
	tap_close(r.port);
	rig_done(&r);
	return ok;
}

START_TEST(driver_that_fails)
{
	unsigned all;

	(void)check_with(&plans[_i], 0);
	all = tap_writes;
	for (unsigned n = 1; n <= all; n++) {
		ck_assert_msg(!check_with(&plans[_i], n), "request %u of %u", n, all);
		ck_assert_int_eq(r.err.code, EF_E_IO);
		ck_assert_uint_eq(tap_writes, n);
	}
}
END_TEST

Suite *suite_check_facts(void);
Suite *suite_check_facts(void)
{
	Suite *s = suite_create("check_facts");
	TCase *t = tcase_create("check_facts");

	tcase_add_test(t, bits_of_the_counter);
	tcase_add_loop_test(t, configuration_that_no_tool_can_write_for, 0, 16);
	tcase_add_loop_test(t, bit_that_forbids_it, 0, 4);
	tcase_add_loop_test(t, facts_of_a_board, 0, EF_ARRAY_LEN(tolds));
	tcase_add_loop_test(t, driver_that_fails, 0, EF_ARRAY_LEN(plans));
	suite_add_tcase(s, t);
	return s;
}
