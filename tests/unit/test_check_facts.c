/* SPDX-License-Identifier: MIT */
/*
 * eFuses of flash encryption that no board of the simulator has: what is made of them. Words that
 * the session has read are not read again, so the test puts them there.
 */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"

/* BLOCK0 of the ESP32: FLASH_CRYPT_CNT is bits 20 to 26 of word 0, FLASH_CRYPT_CONFIG 28 to 31 of
 * word 5 (esptool, esp32.py) */
#define WORD_0 0x3ff5a000u
#define WORD_5 0x3ff5a014u

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
	bool is_told = false;

	start(true);
	know(WORD_5, (uint32_t)_i << 28);
	ck_ok(ef_flasher_check(r.f, &plan, true, &found, &checked, &r.err), &r.err);
	for (size_t i = 0; i < found.count; i++)
		is_told |= strstr(found.v[i].err.msg, "FLASH_CRYPT_CONFIG") != NULL;
	ck_assert_int_eq(is_told, _i != 0xf);
	rig_done(&r);
}
END_TEST

Suite *suite_check_facts(void);
Suite *suite_check_facts(void)
{
	Suite *s = suite_create("check_facts");
	TCase *t = tcase_create("check_facts");

	tcase_add_test(t, bits_of_the_counter);
	tcase_add_loop_test(t, configuration_that_no_tool_can_write_for, 0, 16);
	suite_add_tcase(s, t);
	return s;
}
