/* SPDX-License-Identifier: MIT */
/*
 * What the host asks to learn which chip answers. An ESP32's ROM doesn't know GET_SECURITY_INFO
 * and answers it eight times, so it isn't asked where its words named it (esptool-js and esptool
 * identify it by its magic word, 0x00f01d83).
 */
#include <espflash/rom_wire.h>

#include "flasher_rig.h"

static unsigned asked(struct rig *r)
{
	return sim_requests(r->sim, EF_OP_GET_SECURITY_INFO);
}

START_TEST(words_of_the_rom_spare_a_request)
{
	static const struct {
		enum sim_trouble trouble;
		enum ef_before before;
		bool is_asked;
	} boards[] = {
		{ SIM_TROUBLE_NONE, EF_BEFORE_DEFAULT_RESET, false },
		{ SIM_TROUBLE_MUTE_ROM, EF_BEFORE_DEFAULT_RESET, true },
		{ SIM_TROUBLE_NONE, EF_BEFORE_NO_RESET, true },
	};
	bool is_kept = boards[_i].before == EF_BEFORE_NO_RESET;
	const struct sim_opts board = {
		.chip = "esp32",
		.trouble = boards[_i].trouble,
		.circuit = is_kept ? SIM_CIRCUIT_NONE_DOWNLOAD : SIM_CIRCUIT_AUTO,
	};
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	r.opts.before = boards[_i].before;
	if (is_kept) /* its words are gone when the session begins */
		ck_ok(ef_port_sleep_us(r.port, 500000, &r.err) && ef_port_discard(r.port, &r.err),
		      &r.err);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(rig_device(&r)->chip->name, "esp32");
	ck_assert_int_eq(asked(&r) > 0, boards[_i].is_asked);
	rig_done(&r);
}
END_TEST

/* Their answer has the chip's id, and whether it is locked. */
START_TEST(newer_chips_are_asked)
{
	const struct sim_opts board = { .chip = rig_chips[_i] };
	struct rig r;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_str_eq(rig_device(&r)->chip->name, rig_chips[_i]);
	ck_assert_int_eq(asked(&r) > 0, strcmp(rig_chips[_i], "esp32") != 0);
	rig_done(&r);
}
END_TEST

Suite *suite_identify(void);
Suite *suite_identify(void)
{
	Suite *s = suite_create("identify");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, words_of_the_rom_spare_a_request, 0, 3);
	tcase_add_loop_test(t, newer_chips_are_asked, 0, RIG_CHIPS);
	suite_add_tcase(s, t);
	return s;
}
