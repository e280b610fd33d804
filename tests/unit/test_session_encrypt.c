/* SPDX-License-Identifier: MIT */
/* Writing what the loader encrypts, with each fault at one request after the other. */
#include "session/session_writes.h"

static const struct session works[] = {
	{ "stub", do_encrypted, LOCKED, FILLED },
	{ "ROM", do_encrypted, LOCKED, .opts.no_stub = true, FILLED },
};

START_TEST(fault)
{
	const struct session *s = &works[(unsigned)_i / SESSION_FAULTS];

	session_check_fault("encrypt", s, (unsigned)_i % SESSION_FAULTS, 1, 1, 6);
}
END_TEST

Suite *suite_session_encrypt(void);
Suite *suite_session_encrypt(void)
{
	Suite *s = suite_create("session_encrypt");
	TCase *t = tcase_create("session_encrypt");

	if (ef_stub_count()) {
		tcase_add_loop_test(t, fault, 0, EF_ARRAY_LEN(works) * SESSION_FAULTS);
	}
	suite_add_tcase(s, t);
	return s;
}
