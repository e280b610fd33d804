/* SPDX-License-Identifier: MIT */
/*
 * A rate that was remembered because a faster one failed: it is kept while the line is bad, tried
 * again from time to time, and left for good when the line is better.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/board/auto_rate.h"
#include "flasher_rig.h"

#define SERIAL "0001"

static char folder[64];

static void make_folder(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/ef-rate-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(setenv("XDG_STATE_HOME", folder, 1), 0);
}

static int drop_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void drop_folder(void)
{
	ck_assert_int_eq(nftw(folder, drop_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* One session with a CP2102, whose line carries up to limit_hz. Returns the rate that it proposed.
 */
static uint32_t session(uint32_t limit_hz, uint32_t ends_hz)
{
	struct sim_opts board = { .chip = "esp32c3", .is_paced = true };
	const struct connect_args args = { .baud = { 0 } };
	struct auto_rate rate;
	struct rig r;

	board.faults.max_rate_hz = limit_hz;
	rig_power(&r, &board);
	r.port->info.vid = 0x10c4;
	r.port->info.pid = 0xea60;
	(void)snprintf(r.port->info.serial, sizeof(r.port->info.serial), SERIAL);
	auto_rate_propose(&args, r.port, &rate, &r.opts);
	ck_ok(rig_connect(&r), &r.err);
	ck_assert_uint_eq(ef_flasher_auto_rate(r.f).rate_hz, ends_hz);
	auto_rate_learn(&rate, r.port, r.f);
	rig_done(&r);
	return rate.proposed_hz;
}

START_TEST(a_bad_line_is_tried_rarely)
{
	unsigned tries = 0;

	ck_assert_uint_gt(session(250000, 230400), 230400);
	for (unsigned i = 0; i < 45; i++)
		tries += session(250000, 230400) > 230400;
	ck_assert_uint_eq(tries, 5);
}
END_TEST

START_TEST(a_line_that_became_good_gets_its_rate_back)
{
	uint32_t best = session(250000, 230400), rate = 0;
	unsigned sessions = 0;

	for (; rate != best && sessions < 100; sessions++) {
		uint32_t next = rate == 0 ? 230400 : rate;

		/* each session ends at what it proposed */
		rate = session(0, sessions % 9 == 8 ? (next * 2 < best ? next * 2 : best) : next);
	}
	ck_assert_uint_eq(rate, best);
	ck_assert_uint_le(sessions, 18);
	ck_assert_uint_eq(session(0, best), best);
}
END_TEST

Suite *suite_rate_memory(void);
Suite *suite_rate_memory(void)
{
	Suite *s = suite_create("rate_memory");
	TCase *t = tcase_create("sessions");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, make_folder, drop_folder);
	tcase_add_test(t, a_bad_line_is_tried_rarely);
	tcase_add_test(t, a_line_that_became_good_gets_its_rate_back);
	suite_add_tcase(s, t);
	return s;
}
