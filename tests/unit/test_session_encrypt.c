/* SPDX-License-Identifier: MIT */
/* Writing what the loader encrypts, with each fault at one request after the other. */
#include "session_writes.h"

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

START_TEST(noise)
{
	static const unsigned every[] = { 1500, 4000, 9000, 20000 };

	if (cuts_blocks())
		session_check_noise("encrypt", &works[_i], every, EF_ARRAY_LEN(every));
}
END_TEST

static const struct session good[] = {
	{ "long", do_encrypted_long, LOCKED, .opts.rate_hz = 921600, FILLED },
	{ "long, ROM", do_encrypted_long, LOCKED, .opts.no_stub = true, FILLED },
	{ "locked for good", do_encrypted,
	  .board = { .chip = "esp32s3", .locks.encryption = SIM_ENCRYPTION_RELEASE } },
	{ "key only", do_encrypted,
	  .board = { .chip = "esp32c3", .locks.encryption = SIM_ENCRYPTION_KEY } },
	{ "no key", do_encrypted, .board = { .chip = "esp32c3" } },
	{ "esp32", do_encrypted,
	  .board = { .chip = "esp32", .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT },
	  .opts.no_stub = true },
	{ "flash that fails", do_encrypted,
	  .board = { .chip = "esp32c3",
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT,
		     .faults.fail_program_at = 5 } },
	{ "flash that lies", do_encrypted,
	  .board = { .chip = "esp32c3",
		     .locks.encryption = SIM_ENCRYPTION_DEVELOPMENT,
		     .faults.corrupt_flash = 1 } },
};

START_TEST(good_day)
{
	/* compressed, the long content has another length with another library */
	if (_i || cuts_blocks())
		session_check("encrypt", &good[_i]);
}
END_TEST

Suite *suite_session_encrypt(void);
Suite *suite_session_encrypt(void)
{
	Suite *s = suite_create("session_encrypt");
	TCase *t = tcase_create("session_encrypt");

	if (ef_stub_count()) {
		tcase_add_loop_test(t, good_day, 0, EF_ARRAY_LEN(good));
		tcase_add_loop_test(t, noise, 0, EF_ARRAY_LEN(works));
		tcase_add_loop_test(t, fault, 0, EF_ARRAY_LEN(works) * SESSION_FAULTS);
	}
	suite_add_tcase(s, t);
	return s;
}
