/* SPDX-License-Identifier: MIT */
/* Writing with a ROM, with each fault at one request after the other. */
#include "session_writes.h"

static const struct session works[] = {
	{ "short", do_short, .board = { .chip = "esp32" }, .opts.no_stub = true, FILLED },
	{ "differing", do_differing, C3, .opts.no_stub = true, FILLED },
};

START_TEST(fault)
{
	const struct session *s = &works[(unsigned)_i / SESSION_FAULTS];

	session_check_fault("write_rom", s, (unsigned)_i % SESSION_FAULTS, 1, 1, 6);
}
END_TEST

START_TEST(noise)
{
	static const unsigned every[] = { 500, 1500, 4000, 9000 };

	session_check_noise("write_rom", &works[_i], every, EF_ARRAY_LEN(every));
}
END_TEST

Suite *suite_session_write_rom(void);
Suite *suite_session_write_rom(void)
{
	Suite *s = suite_create("session_write_rom");
	TCase *t = tcase_create("session_write_rom");

	if (ef_stub_count()) {
		tcase_add_loop_test(t, noise, 0, EF_ARRAY_LEN(works));
		tcase_add_loop_test(t, fault, 0, EF_ARRAY_LEN(works) * SESSION_FAULTS);
	}
	suite_add_tcase(s, t);
	return s;
}
