/* SPDX-License-Identifier: MIT */
/*
 * Sessions that ask for less. One sends nothing while it is opened, and is asked to learn the
 * chip's facts later: it then knows what every other session knows from the start. A brief one
 * needs the MAC address only.
 */
#include "flasher_rig.h"

static void open_silently(struct rig *r, const struct sim_opts *board)
{
	rig_power(r, board);
	r->opts.before = EF_BEFORE_NO_RESET_NO_SYNC;
	r->opts.chip = ef_chip_by_name(board->chip);
	ck_ok(rig_connect(r), &r->err);
	ck_assert_uint_eq(sim_requests(r->sim, 0), 0);
	ck_assert_uint_eq(rig_device(r)->flash_size, 0);
	ck_assert(!rig_device(r)->has_mac);
}

START_TEST(learns_what_a_session_knows)
{
	const struct sim_opts board = { .chip = rig_chips[_i],
					.flash_size = 8u << 20,
					.stub_running = true };
	struct ef_device want;
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	want = *rig_device(&r);
	rig_done(&r);
	ck_assert_uint_eq(want.flash_size, 8u << 20);

	open_silently(&r, &board);
	ck_ok(ef_flasher_learn(r.f, &r.err), &r.err);
	ck_assert_ptr_eq(rig_device(&r)->chip, want.chip);
	ck_assert_uint_eq(rig_device(&r)->revision, want.revision);
	ck_assert_uint_eq(rig_device(&r)->flash_size, want.flash_size);
	ck_assert_uint_eq(rig_device(&r)->flash_id, want.flash_id);
	ck_assert_uint_eq(rig_device(&r)->xtal_mhz, want.xtal_mhz);
	ck_assert(rig_device(&r)->has_mac);
	ck_assert_mem_eq(rig_device(&r)->mac, want.mac, sizeof(want.mac));
	ck_assert_uint_eq(sim_resets(r.sim), 0);
	rig_done(&r);
}
END_TEST

START_TEST(leaves_the_flash_alone)
{
	const struct sim_opts board = { .chip = "esp32c3", .stub_running = true };
	struct rig r;

	rig_power(&r, &board);
	r.opts.before = EF_BEFORE_NO_RESET_NO_SYNC;
	r.opts.chip = ef_chip_by_name("esp32c3");
	r.opts.skip_flash = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_ok(ef_flasher_learn(r.f, &r.err), &r.err);
	ck_assert(rig_device(&r)->has_mac);
	ck_assert_uint_eq(rig_device(&r)->flash_id, 0);
	ck_assert_uint_eq(rig_device(&r)->flash_size, 0);
	rig_done(&r);
}
END_TEST

/* The application runs, so nobody answers: the hint names the rate that was tried. */
START_TEST(nobody_answers)
{
	const struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	struct rig r;

	open_silently(&r, &board);
	ck_assert(!ef_flasher_learn(r.f, &r.err));
	ck_assert_int_eq(r.err.code, EF_E_TIMEOUT);
	ck_assert_int_eq(r.err.hint.id, EF_HINT_NO_LOADER_AT_RATE);
	ck_assert_uint_eq(r.err.hint.number[0], 115200);
	rig_done(&r);
}
END_TEST

/* The MAC address and nothing else, by the loader that runs already. */
START_TEST(brief_session_asks_for_the_mac)
{
	struct sim_opts board = { .chip = rig_chips[_i % RIG_CHIPS],
				  .stub_running = _i >= RIG_CHIPS };
	uint8_t mac[6];
	struct rig r;

	rig_power(&r, &board);
	ck_ok(rig_connect(&r), &r.err);
	memcpy(mac, rig_device(&r)->mac, sizeof(mac));
	rig_done(&r);

	rig_power(&r, &board);
	r.opts.speed.is_brief = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(rig_device(&r)->chip->name, board.chip);
	ck_assert(rig_device(&r)->has_mac);
	ck_assert_mem_eq(rig_device(&r)->mac, mac, sizeof(mac));
	ck_assert(!rig_device(&r)->has_revision);
	ck_assert(!rig_device(&r)->has_features);
	ck_assert_uint_eq(rig_device(&r)->xtal_mhz, 0);
	ck_assert_int_eq(rig_device(&r)->is_stub, board.stub_running);
	ck_assert_uint_eq(sim_requests(r.sim, EF_OP_MEM_BEGIN), 0);
	rig_done(&r);
}
END_TEST

Suite *suite_learn(void);
Suite *suite_learn(void)
{
	Suite *s = suite_create("learn");
	TCase *t = tcase_create("learn");

	tcase_add_loop_test(t, learns_what_a_session_knows, 0, RIG_CHIPS);
	tcase_add_test(t, leaves_the_flash_alone);
	tcase_add_test(t, nobody_answers);
	tcase_add_loop_test(t, brief_session_asks_for_the_mac, 0, 2 * RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
