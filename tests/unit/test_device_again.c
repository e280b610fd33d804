/* SPDX-License-Identifier: MIT */
/* A chip that is identified again: nothing is left of what was known, unless that fails. */
#include "flasher/device.h"
#include "flasher/flasher_priv.h"
#include "flasher_rig.h"

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

Suite *suite_device_again(void);
Suite *suite_device_again(void)
{
	Suite *s = suite_create("device_again");
	TCase *t = tcase_create("device_again");

	tcase_add_test(t, nothing_is_left_of_another_chip);
	tcase_add_test(t, all_is_kept_where_nobody_answers);
	tcase_add_loop_test(t, unanswered_question_for_the_console_is_an_error, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
