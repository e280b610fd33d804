/* SPDX-License-Identifier: MIT */
/* When several patterns count as seen: any, all, in order; on lines in pieces and redrawn. */
#include "ck_ef.h"
#include "monitor/until.h"

#define PATTERNS 3

static const struct {
	enum ef_until_mode mode;
	const char *patterns[PATTERNS + 1];
	/* "~text" is what there is of a line so far, "text" a whole line */
	const char *lines[6];
	unsigned met_after; /* number of texts after which it is met; 0: never */
} cases[] = {
	{ EF_UNTIL_ANY, { "a", "b" }, { "x", "b" }, 2 },
	{ EF_UNTIL_ANY, { "a$" }, { "~a", "ab", "a" }, 3 },
	{ EF_UNTIL_ALL, { "a", "b" }, { "b", "b", "x", "a" }, 4 },
	{ EF_UNTIL_ALL, { "a", "b" }, { "ab" }, 1 },
	{ EF_UNTIL_ALL, { "a", "b" }, { "a", "a", "a" }, 0 },
	{ EF_UNTIL_SEQ, { "a", "b" }, { "a", "b" }, 2 },
	{ EF_UNTIL_SEQ, { "a", "b" }, { "b", "a" }, 0 },
	{ EF_UNTIL_SEQ, { "a", "b" }, { "b", "a", "x", "b" }, 4 },
	/* on one line: one behind the other */
	{ EF_UNTIL_SEQ, { "a", "b" }, { "a then b" }, 1 },
	{ EF_UNTIL_SEQ, { "a", "b" }, { "b then a" }, 0 },
	/* one word doesn't count twice, be the line compared twice or not */
	{ EF_UNTIL_SEQ, { "a", "a" }, { "~a", "a" }, 0 },
	{ EF_UNTIL_SEQ, { "a", "a" }, { "~xa", "xaa" }, 2 },
	{ EF_UNTIL_SEQ, { "a", "a" }, { "a", "a" }, 2 },
	{ EF_UNTIL_SEQ, { "^a", "^a" }, { "aa" }, 0 },
	/* the chip draws its line again: each drawing is a line */
	{ EF_UNTIL_ANY, { "^done$" }, { "10%\r20%\rdone" }, 1 },
	{ EF_UNTIL_ANY, { "^20%$" }, { "~10%\r20%\r" }, 1 },
	{ EF_UNTIL_ANY, { "^20%$" }, { "~10%\r20%" }, 0 },
	{ EF_UNTIL_ANY, { "%d" }, { "10%\rdone" }, 0 },
	{ EF_UNTIL_ALL, { "^10%", "^20%" }, { "~10%", "~10%\r20%" }, 2 },
	{ EF_UNTIL_SEQ, { "^10%", "^20%$" }, { "~10%", "10%\r20%" }, 2 },
	{ EF_UNTIL_SEQ, { "^20%", "^10%" }, { "~10%\r20%", "10%\r20%" }, 0 },
};

START_TEST(met)
{
	struct ef_monitor_ends opts = { .until = cases[_i].patterns, .until_mode = cases[_i].mode };
	struct until u = { .met_count = 0 };
	struct ef_err err = EF_ERR_INIT;
	unsigned after = 0;
	char missing[64];

	while (opts.until_count < PATTERNS && cases[_i].patterns[opts.until_count])
		opts.until_count++;
	ck_ok(until_open(&u, &opts, &err), &err);
	ck_assert(!until_is_met(&u));
	for (unsigned i = 0; !after && cases[_i].lines[i]; i++) {
		bool is_whole = cases[_i].lines[i][0] != '~';

		while (!until_is_met(&u) &&
		       until_find(&u, cases[_i].lines[i] + !is_whole, is_whole))
			;
		if (is_whole)
			until_next_line(&u);
		if (until_is_met(&u))
			after = i + 1;
	}
	until_missing(&u, missing, sizeof(missing));
	ck_assert_uint_eq(after, cases[_i].met_after);
	ck_assert(after || *missing);
	until_close(&u);
}
END_TEST

START_TEST(what_is_missing)
{
	static const char *const patterns[] = { "a", "b", "c" };
	struct ef_monitor_ends opts = { .until = patterns, .until_count = 3 };
	struct until u = { .met_count = 0 };
	struct ef_err err = EF_ERR_INIT;
	char text[64];

	ck_ok(until_open(&u, &opts, &err), &err);
	until_missing(&u, text, sizeof(text));
	ck_assert_str_eq(text, "'a' or 'b' or 'c'");
	until_close(&u);
	opts.until_mode = EF_UNTIL_ALL;
	u = (struct until){ .met_count = 0 };
	ck_ok(until_open(&u, &opts, &err), &err);
	ck_assert_str_eq(until_find(&u, "b", true), "b");
	until_missing(&u, text, sizeof(text));
	ck_assert_str_eq(text, "'a', 'c'");
	until_close(&u);
}
END_TEST

Suite *suite_until(void);
Suite *suite_until(void)
{
	Suite *s = suite_create("until");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, met, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, what_is_missing);
	suite_add_tcase(s, t);
	return s;
}
