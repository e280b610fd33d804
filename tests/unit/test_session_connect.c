/* SPDX-License-Identifier: MIT */
/* Connecting with each fault at one request after the other. See session_rig.h. */
#include "session_rig.h"

static const struct session hows[] = {
	{ "stub", NULL, { .chip = "esp32c3" }, .opts.rate_hz = 460800, .faults_connect = true },
	{ "ROM", NULL, { .chip = "esp32" }, .opts.no_stub = true, .faults_connect = true },
	{ "auto",
	  NULL,
	  { .chip = "esp32" },
	  .opts = { .rate_hz = 921600, .speed.is_auto = true },
	  .faults_connect = true },
	{ "detour",
	  NULL,
	  { .chip = "esp32s3", .secure_boot = true },
	  .opts = { .rate_hz = 921600 },
	  .faults_connect = true },
	/* the rate is raised by the stub, behind some ten requests */
	{ "stub that runs, auto",
	  NULL,
	  { .chip = "esp32c3", .stub_running = true },
	  .opts = { .rate_hz = 921600, .speed = { .is_auto = true, .is_known = true } },
	  .faults_connect = true },
	{ "stub that runs",
	  NULL,
	  { .chip = "esp32c3", .stub_running = true },
	  .opts = { .rate_hz = 460800 },
	  .faults_connect = true },
};

#define STEP  4u
#define TIMES 11u

START_TEST(fault)
{
	unsigned kind = (unsigned)_i % SESSION_FAULTS;

	/* another kind of fault hits other requests, so each is hit by some */
	session_check_fault("connect", &hows[(unsigned)_i / SESSION_FAULTS], kind, 1 + kind % STEP,
			    STEP, TIMES);
}
END_TEST

Suite *suite_session_connect(void);
Suite *suite_session_connect(void)
{
	Suite *s = suite_create("session_connect");
	TCase *t = tcase_create("session_connect");

	if (ef_stub_count())
		tcase_add_loop_test(t, fault, 0, EF_ARRAY_LEN(hows) * SESSION_FAULTS);
	suite_add_tcase(s, t);
	return s;
}
