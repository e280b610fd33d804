/* SPDX-License-Identifier: MIT */
/* Writing with a stub, with each fault at one request after the other. */
#include "session_writes.h"

static const struct session works[] = {
	{ "short", do_short, C3, .opts.rate_hz = 460800, FILLED },
	{ "several", do_several, C3, FILLED },
};

START_TEST(fault)
{
	const struct session *s = &works[(unsigned)_i / SESSION_FAULTS];

	session_check_fault("write_faults", s, (unsigned)_i % SESSION_FAULTS, 1, 1, 6);
}
END_TEST

Suite *suite_session_write_faults(void);
Suite *suite_session_write_faults(void)
{
	Suite *s = suite_create("session_write_faults");
	TCase *t = tcase_create("session_write_faults");

	if (ef_stub_count()) {
		tcase_add_loop_test(t, fault, 0, EF_ARRAY_LEN(works) * SESSION_FAULTS);
	}
	suite_add_tcase(s, t);
	return s;
}
