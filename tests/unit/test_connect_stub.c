/* SPDX-License-Identifier: MIT */
/*
 * Where a stub runs and where not: the rules of esptool (loader.py run_stub,
 * cmds.py attach of the stub) per chip, revision and security state, on boards
 * that behave as those chips do.
 */
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"

struct rule {
	const char *chip;
	uint16_t revision;
	bool secure_boot;
	bool is_stub;
	const char *says;
};

static const struct rule rules[] = {
	{ "esp32", 100, false, true, "Using flash stub" },
	{ "esp32c2", 1, false, false, "no stub for this revision" },
	{ "esp32c2", 100, false, true, "Using flash stub" },
	{ "esp32c3", 4, false, true, "Using flash stub" },
	{ "esp32c3", 4, true, false, "starts no stub when secure boot is on" },
	{ "esp32c6", 1, true, true, "Using flash stub" },
	{ "esp32s3", 2, false, true, "Using flash stub" },
	{ "esp32s3", 2, true, true, "Using flash stub" },
	/* the two families have their RAM at different addresses: the wrong image fails */
	{ "esp32p4", 100, false, true, "Using flash stub" },
	{ "esp32p4", 103, false, true, "Using flash stub" },
	{ "esp32p4", 300, false, true, "Using flash stub" },
	/* flash without power in download mode */
	{ "esp32p4", 301, false, true, "Using flash stub" },
	{ "esp32p4", 302, false, true, "Using flash stub" },
	{ "esp32p4", 303, false, true, "Using flash stub" },
};

START_TEST(stub_rule)
{
	const struct rule *rule = &rules[_i];
	const struct sim_opts board = { .chip = rule->chip,
					.revision = rule->revision,
					.secure_boot = rule->secure_boot };
	struct rig r;

	if (!ef_stub_count())
		return;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_msg(rig_device(&r)->is_stub == rule->is_stub, "%s", r.said);
	ck_assert_int_eq(sim_is_stub(r.sim), rule->is_stub);
	ck_assert_uint_eq(rig_device(&r)->revision, rule->revision);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_says(&r, rule->says);
	rig_done(&r);
}
END_TEST

/* A session for facts loads no stub, and learns what one with a stub does: the same record. */
START_TEST(facts_need_no_stub)
{
	const struct sim_opts board = { .chip = rig_chips[_i / 2] };
	struct ef_device facts[2];

	for (unsigned k = 0; k < 2; k++) {
		struct rig r;

		rig_power(&r, &board);
		r.opts.speed.is_for_facts = k == 1;
		r.opts.rate_hz = _i % 2 ? 921600 : 0;
		ck_ok(rig_connect(&r), &r.err);
		facts[k] = *rig_device(&r);
		if (k == 1) {
			ck_assert_uint_eq(sim_requests(r.sim, EF_OP_MEM_BEGIN), 0);
			ck_assert_uint_eq(r.f->recovery.damages, 0);
		}
		rig_done(&r);
	}
	ck_assert(!facts[1].is_stub);
	facts[0].is_stub = false;
	ck_assert_ptr_eq(facts[0].chip, facts[1].chip);
	ck_assert_uint_eq(facts[0].revision, facts[1].revision);
	ck_assert_mem_eq(facts[0].mac, facts[1].mac, sizeof(facts[0].mac));
	ck_assert_uint_eq(facts[0].xtal_mhz, facts[1].xtal_mhz);
	ck_assert_str_eq(facts[0].features.text, facts[1].features.text);
	ck_assert_str_eq(facts[0].features.package, facts[1].features.package);
	ck_assert_uint_eq(facts[0].flash_id, facts[1].flash_id);
	ck_assert_uint_eq(facts[0].flash_size, facts[1].flash_size);
	ck_assert_int_eq(facts[0].is_secure_boot, facts[1].is_secure_boot);
}
END_TEST

/* esptool-js 0.7.0, esp32s3.json: where the session must refuse to load user code */
START_TEST(ranges_of_the_stub_are_known)
{
	static const uint8_t code[16];
	const struct sim_opts board = { .chip = "esp32s3", .stub_running = _i == 1 };
	struct ef_region over_text = { 0x40378000 - 8, code, sizeof(code), "text" };
	struct ef_region over_bss = { 0x3fca0000, code, sizeof(code), "bss" };
	struct ef_region free_ram = { 0x3fc90000, code, sizeof(code), "free" };
	struct rig r;

	if (!ef_stub_count())
		return;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert(rig_device(&r)->is_stub);
	ck_fails(ef_flasher_load_ram(r.f, &over_text, 1, 0x40370000, &r.err), &r.err, EF_E_UNSUPP,
		 "overwrite the running stub");
	ck_fails(ef_flasher_load_ram(r.f, &over_bss, 1, 0x40370000, &r.err), &r.err, EF_E_UNSUPP,
		 "overwrite the running stub");
	ck_ok(ef_flasher_load_ram(r.f, &free_ram, 1, 0x3fc90000, &r.err), &r.err);
	rig_done(&r);
}
END_TEST

/* esptool-js 0.7.0: where each image's text begins and ends, its bss begins and its data ends */
static const struct {
	const char *chip;
	uint32_t text, text_end, bss, data_end;
} images[] = {
	{ "esp32", 0x400a8000, 0x400a9938, 0x3ffcc000, 0x3ffdee40 },
	{ "esp32c3", 0x40380000, 0x403816f8, 0x3fc84000, 0x3fc96e34 },
	{ "esp32c6", 0x40800000, 0x40801af4, 0x40840000, 0x40852fe4 },
	{ "esp32s3", 0x40378000, 0x40379e98, 0x3fca0000, 0x3fcb2ec8 },
};

/* The last byte on each side of the stub is free, the first one of it is not. */
START_TEST(edges_of_the_stubs_ram)
{
	static const uint8_t code[4];
	const struct sim_opts board = { .chip = images[_i / 2].chip, .stub_running = _i % 2 };
	uint32_t text = images[_i / 2].text, text_end = images[_i / 2].text_end;
	uint32_t bss = images[_i / 2].bss, data_end = images[_i / 2].data_end;
	struct ef_region taken[] = {
		{ text - 3, code, 4, "a" },
		{ text_end - 1, code, 4, "b" },
		{ bss - 3, code, 4, "c" },
		{ data_end - 1, code, 4, "d" },
	};
	struct ef_region around[] = {
		{ text_end, code, 4, "e" },
		{ bss - 4, code, 4, "f" },
		{ data_end, code, 4, "g" },
	};
	struct rig r;

	if (!ef_stub_count())
		return;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	for (unsigned i = 0; i < 4; i++)
		ck_fails(ef_flasher_load_ram(r.f, &taken[i], 1, text, &r.err), &r.err, EF_E_UNSUPP,
			 "overwrite the running stub");
	ef_err_clear(&r.err);
	ck_ok(ef_flasher_load_ram(r.f, around, 3, text_end, &r.err), &r.err);
	rig_done(&r);
}
END_TEST

START_TEST(own_stub_image_is_used)
{
	static const char image[] =
		"{\"entry\":1077411840,\"text\":\"EzUAAA==\",\"text_start\":1077411840,"
		"\"data\":\"AAAAAA==\",\"data_start\":1070165352,\"bss_start\":1070165352}";
	const struct sim_opts board = { .chip = "esp32c3" };
	struct rig r;

	rig_power(&r, &board);
	r.opts.stub_json = (const uint8_t *)image;
	r.opts.stub_json_len = strlen(image);
	/* four bytes at 0x40380000 are not a stub: the board jumps there and falls silent */
	ck_assert(!rig_connect(&r));
	ck_assert_ptr_nonnull(strstr(r.err.msg, "cannot start the flasher stub"));
	ck_assert_ptr_nonnull(strstr(ck_hint(&r.err), "--no-stub"));
	ck_assert_uint_ge(sim_requests(r.sim, 0x06), 1);
	rig_done(&r);
}
END_TEST

START_TEST(broken_stub_image_is_an_input_error)
{
	const struct sim_opts board = { .chip = "esp32c3" };
	struct rig r;

	rig_power(&r, &board);
	r.opts.stub_json = (const uint8_t *)"{}";
	r.opts.stub_json_len = 2;
	ck_assert(!rig_connect(&r));
	ck_assert_int_eq(r.err.code, EF_E_INPUT);
	/* the file is to blame, not its start */
	ck_assert_int_eq(r.err.hint.id, EF_HINT_STUB_FILE);
	ck_assert_ptr_null(strstr(r.err.msg, "cannot start"));
	rig_done(&r);
}
END_TEST

/* The session is built whichever reply gets lost. */
START_TEST(any_lost_reply_is_recovered_from)
{
	struct sim_opts board = { .chip = "esp32c6", .is_paced = true };
	struct rig r;

	board.faults.drop_reply = (unsigned)_i + 1;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_done(&r);
}
END_TEST

START_TEST(chip_that_resets_on_the_way_is_found_again)
{
	struct sim_opts board = { .chip = "esp32", .is_paced = true };
	struct rig r;

	board.faults.reset_at_request = (unsigned)_i + 2;
	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 4u << 20);
	rig_done(&r);
}
END_TEST

Suite *suite_connect_stub(void);
Suite *suite_connect_stub(void)
{
	Suite *s = suite_create("connect_stub");
	TCase *t = tcase_create("rules");

	tcase_add_loop_test(t, stub_rule, 0, (int)(sizeof(rules) / sizeof(rules[0])));
	tcase_add_loop_test(t, facts_need_no_stub, 0, 2 * RIG_CHIPS);
	tcase_add_loop_test(t, ranges_of_the_stub_are_known, 0, 2);
	tcase_add_loop_test(t, edges_of_the_stubs_ram, 0, 8);
	tcase_add_test(t, own_stub_image_is_used);
	tcase_add_test(t, broken_stub_image_is_an_input_error);
	suite_add_tcase(s, t);
	t = tcase_create("faults");
	tcase_add_loop_test(t, any_lost_reply_is_recovered_from, 0, 50);
	tcase_add_loop_test(t, chip_that_resets_on_the_way_is_found_again, 0, 30);
	suite_add_tcase(s, t);
	return s;
}
