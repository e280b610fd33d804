/* SPDX-License-Identifier: MIT */
/* Answers without a checksum: two in a row have to agree. */
#include "cli/board/confirm.h"
#include "ck_ef.h"

static const struct {
	uint32_t answers[12];
	bool agrees;
	uint32_t want;
	unsigned asked;
} lines[] = {
	{ { 1, 1 }, true, 1, 2 },
	{ { 0, 1, 1 }, true, 1, 3 },
	{ { 1, 2, 2 }, true, 2, 3 }, /* the first damage of a line that was good until then */
	{ { 1, 0, 1, 0, 1, 1 }, true, 1, 6 },
	{ { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, false, 9, 9 },
};

struct line {
	const uint32_t *answer;
	unsigned asked;
};

static bool answer(void *ctx, void *ret, struct ef_err *err)
{
	struct line *l = ctx;

	(void)err;
	memcpy(ret, &l->answer[l->asked++], sizeof(*l->answer));
	return true;
}

START_TEST(answers_agree)
{
	struct line l = { lines[_i].answers, 0 };
	struct ef_err err = EF_ERR_INIT;
	uint32_t got = 0;
	bool agrees;

	ck_assert(confirm(answer, &l, &got, sizeof(got), &agrees, &err));
	ck_assert(agrees == lines[_i].agrees);
	ck_assert_uint_eq(l.asked, lines[_i].asked);
	ck_assert_uint_eq(got, lines[_i].want);
	l.asked = 1;
	got = lines[_i].answers[0];
	ck_assert(confirm_again(answer, &l, &got, sizeof(got), &err) == lines[_i].agrees);
	ck_assert_int_eq(err.code, lines[_i].agrees ? EF_OK : EF_E_TIMEOUT);
}
END_TEST

Suite *suite_confirm(void);
Suite *suite_confirm(void)
{
	Suite *s = suite_create("confirm");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, answers_agree, 0, (int)(sizeof(lines) / sizeof(lines[0])));
	suite_add_tcase(s, t);
	return s;
}
