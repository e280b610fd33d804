/* SPDX-License-Identifier: MIT */
/* How often something is read again until enough readings agree: each way it can go. */
#include "flasher/agree.h"
#include "ck_ef.h"

static struct {
	const char *readings; /* 's': the same as before, 'd': another, 'e': none, by an error */
	unsigned asked;
} chip;

static bool again(void *ctx, unsigned nth, bool *ret, struct ef_err *err)
{
	char c = chip.readings[chip.asked];

	ck_assert_ptr_eq(ctx, &chip);
	ck_assert_uint_eq(nth, chip.asked);
	ck_assert_int_ne(c, '\0');
	chip.asked++;
	*ret = c == 's';
	return c != 'e' || ef_fail(err, EF_E_PORT, "the port is gone");
}

static unsigned two(const struct ef_flasher *f)
{
	ck_assert_ptr_nonnull(f);
	return 2;
}

static const struct {
	const char *readings;
	bool wants_two;
	unsigned tries, asked;
	bool agrees;
} cases[] = {
	{ "s", false, 3, 1, true },      { "ds", false, 3, 2, true }, { "ddd", false, 3, 3, false },
	{ "dds", false, 3, 3, true },    { "", false, 0, 0, false },  { "ss", true, 3, 2, true },
	{ "sds", true, 3, 3, false },    { "dss", true, 3, 3, true }, { "sdss", true, 4, 4, true },
	{ "dsd", true, 3, 3, false },    { "s", true, 1, 1, false },  { "dsds", true, 4, 4, false },
	{ "dsdsdss", true, 8, 7, true },
};

START_TEST(enough_of_them)
{
	const struct ef_budget budget = { .tries = cases[_i].tries };
	const struct ef_agree a = { .again = again,
				    .wanted = cases[_i].wants_two ? two : NULL,
				    .ctx = &chip,
				    .budget = &budget };
	struct ef_flasher f = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	bool agrees = !cases[_i].agrees;

	chip.readings = cases[_i].readings;
	chip.asked = 0;
	ck_ok(ef_agree(&f, &a, &agrees, &err), &err);
	ck_assert_int_eq(agrees, cases[_i].agrees);
	ck_assert_uint_eq(chip.asked, cases[_i].asked);
}
END_TEST

START_TEST(an_error_ends_it)
{
	const struct ef_budget budget = { .tries = 3 };
	const struct ef_agree a = { .again = again, .ctx = &chip, .budget = &budget };
	struct ef_flasher f = { .rate_hz = 0 };
	struct ef_err err = EF_ERR_INIT;
	bool agrees;

	chip.readings = "des";
	chip.asked = 0;
	ck_fails(ef_agree(&f, &a, &agrees, &err), &err, EF_E_PORT, "the port is gone");
	ck_assert_uint_eq(chip.asked, 2);
}
END_TEST

Suite *suite_agree(void);
Suite *suite_agree(void)
{
	Suite *s = suite_create("agree");
	TCase *t = tcase_create("agree");

	tcase_add_loop_test(t, enough_of_them, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(t, an_error_ends_it);
	suite_add_tcase(s, t);
	return s;
}
