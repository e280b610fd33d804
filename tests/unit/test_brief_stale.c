/* SPDX-License-Identifier: MIT */
/* A brief session reads two words, and they must be right if each answer is late by one. */
#include "ck_ef.h"

#include <string.h>

#include "flasher_rig.h"

static const char *const chips[] = { "esp32c3", "esp32h2", "esp32s3" };

static bool meet(const char *chip, unsigned stale_from, struct ef_device *ret)
{
	const struct sim_opts board = { .chip = chip,
					.is_paced = true,
					.faults = { .lies.stale_from = stale_from } };
	struct rig r;
	bool ok;

	rig_power(&r, &board);
	r.opts.no_stub = true;
	r.opts.speed.is_brief = true;
	ok = rig_connect(&r);
	if (ok)
		*ret = *rig_device(&r);
	ef_err_clear(&r.err);
	rig_done(&r);
	return ok;
}

START_TEST(no_wrong_mac)
{
	struct ef_device want, got;

	ck_assert(meet(chips[_i], 0, &want));
	for (unsigned n = 2; n < 12; n++)
		if (meet(chips[_i], n, &got) && got.has_mac)
			ck_assert_msg(memcmp(got.mac, want.mac, sizeof(want.mac)) == 0,
				      "%s, stale from %u: the MAC", chips[_i], n);
}
END_TEST

Suite *suite_brief_stale(void);
Suite *suite_brief_stale(void)
{
	Suite *s = suite_create("brief_stale");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, no_wrong_mac, 0, (int)(sizeof(chips) / sizeof(chips[0])));
	suite_add_tcase(s, t);
	return s;
}
