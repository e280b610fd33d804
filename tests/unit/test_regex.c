/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions: what users of grep -E write has the answer of the C library, and
 * what would take for ever is given up.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "ck_ef.h"
#include "monitor/regex.h"

static struct regex *make(const char *pattern)
{
	struct regex *re = NULL;
	char why[128] = "";

	ck_assert_msg(regex_make(pattern, &re, why, sizeof(why)) == REGEX_MADE, "%s: %s", pattern,
		      why);
	return re;
}

/* ---- the C library's answers ---- */

static const char *const texts[] = {
	"",
	"a",
	"b",
	"aab",
	"abcabc",
	"a b_c-9",
	"I (1234) wifi: connected, 12 dBm",
	"E (7) boot: bad magic 0xff]",
	"{}()|*+?.^$\\[]",
	"\t\x7f\x01 end",
};

static const char *const patterns[] = {
	"a",
	"ab|a",
	"(a|ab)(c|bcd)",
	"(a*)+$",
	"^a",
	"b$",
	"^$",
	"[[:alpha:]]+ [[:alnum:]_]",
	"[^a-c ]",
	"[]x]+",
	"[^]]+$",
	"\\(([0-9]+)\\)",
	"^[EI] \\([0-9]{1,4}\\)",
	"c{2,}",
	"x{0,3}y?\\.",
	"\\{\\}",
	"\\bc",
	"\\w\\W",
	".*e.*d",
	"dBm|magic",
	"\\\\",
};

START_TEST(as_the_c_library)
{
	struct regex *re = make(patterns[_i]);
	regex_t other;

	ck_assert_int_eq(regcomp(&other, patterns[_i], REG_EXTENDED | REG_NOSUB), 0);
	for (size_t i = 0; i < EF_ARRAY_LEN(texts); i++) {
		bool want = regexec(&other, texts[i], 0, NULL, 0) == 0;
		size_t end;

		ck_assert_msg((regex_search(re, texts[i], strlen(texts[i]), 0, true, &end) ==
			       REGEX_FOUND) == want,
			      "'%s' on '%s'", patterns[_i], texts[i]);
	}
	regfree(&other);
	regex_free(re);
}
END_TEST

/* ---- places ---- */

START_TEST(places)
{
	struct regex *re = make("ab$");
	size_t end = 0;

	ck_assert_int_eq(regex_search(re, "ab ab", 5, 0, true, &end), REGEX_FOUND);
	ck_assert_uint_eq(end, 5);
	ck_assert_int_eq(regex_search(re, "ab ab", 5, 0, false, &end), REGEX_ABSENT);
	ck_assert_int_eq(regex_search(re, "ab ab", 5, 4, true, &end), REGEX_ABSENT);
	ck_assert_int_eq(regex_search(re, "ab ab", 2, 0, true, &end), REGEX_FOUND);
	ck_assert_uint_eq(end, 2);
	regex_free(re);
	/* a later part of a line is not its beginning */
	re = make("^ab");
	ck_assert_int_eq(regex_search(re, "abab", 4, 2, true, &end), REGEX_ABSENT);
	regex_free(re);
	/* characters, and bytes that are none */
	re = make("gr\303\274n.\\d");
	ck_assert_int_eq(regex_search(re, "\377gr\303\274n\303\2741", 9, 0, true, &end),
			 REGEX_FOUND);
	ck_assert_uint_eq(end, 9);
	regex_free(re);
}
END_TEST

/* ---- bounds ---- */

static const char *const slow[] = { "(a*)*b", "(a|aa)+$", "(.*)\\1{2}b", "(a?){30}a{30}b",
				    "(a+)+(a+)+(a+)+(a+)+b" };

START_TEST(a_search_is_given_up)
{
	struct regex *re = make(slow[_i]);
	char line[4095];
	size_t end;

	/* its last character keeps the library from seeing at once that none matches */
	memset(line, 'a', sizeof(line));
	memcpy(line + sizeof(line) - 3, "\nbc", 3);
	ck_assert_int_eq(regex_search(re, line, sizeof(line), 0, true, &end), REGEX_GAVE_UP);
	/* the next line has its own bound */
	ck_assert_int_eq(regex_search(re, "x", 1, 0, true, &end), REGEX_ABSENT);
	regex_free(re);
}
END_TEST

START_TEST(long_lines_are_no_problem)
{
	static const char *const fine[] = { "a.*b.*c$", "^(a+,?)+b", "[0-9]+|x+|bc$", "(a|b)*c$" };
	char line[4095];
	size_t end;

	memset(line, 'a', sizeof(line));
	memcpy(line + sizeof(line) - 2, "bc", 2);
	for (size_t i = 0; i < EF_ARRAY_LEN(fine); i++) {
		struct regex *re = make(fine[i]);

		ck_assert_msg(regex_search(re, line, sizeof(line), 0, true, &end) == REGEX_FOUND,
			      "%s", fine[i]);
		regex_free(re);
	}
}
END_TEST

START_TEST(what_is_refused)
{
	char text[REGEX_LENGTH_MAX + 2] = "", why[128] = "";
	struct regex *re = NULL;

	ck_assert_int_eq(regex_make("(", &re, why, sizeof(why)), REGEX_WRONG);
	ck_assert_str_ne(why, "");
	ck_assert_int_eq(regex_make("\\C", &re, why, sizeof(why)), REGEX_WRONG);
	ck_assert_int_eq(regex_make("\377", &re, why, sizeof(why)), REGEX_WRONG);
	ck_assert_int_eq(regex_make("a{70000}", &re, why, sizeof(why)), REGEX_TOO_LARGE);
	ck_assert_int_eq(regex_make("((a{99}){99}){99}", &re, why, sizeof(why)), REGEX_TOO_LARGE);
	memset(text, 'x', REGEX_LENGTH_MAX + 1);
	ck_assert_int_eq(regex_make(text, &re, why, sizeof(why)), REGEX_TOO_LARGE);
	memset(text, '(', REGEX_DEPTH_MAX + 1);
	ck_assert_int_eq(regex_make(text, &re, why, sizeof(why)), REGEX_TOO_LARGE);
	ck_assert_ptr_null(re);
}
END_TEST

Suite *suite_regex(void);
Suite *suite_regex(void)
{
	Suite *s = suite_create("regex");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, as_the_c_library, 0, EF_ARRAY_LEN(patterns));
	tcase_add_test(t, places);
	tcase_add_loop_test(t, a_search_is_given_up, 0, EF_ARRAY_LEN(slow));
	tcase_add_test(t, long_lines_are_no_problem);
	tcase_add_test(t, what_is_refused);
	suite_add_tcase(s, t);
	return s;
}
