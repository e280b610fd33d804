/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions: the same answers as the C library's, for small expressions of all kinds,
 * and a bound of the work for large ones. The C library is the other opinion; POSIX decides.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "ck_ef.h"
#include "monitor/ere.h"

static uint32_t state;

static uint32_t next_random(uint32_t below)
{
	state = state * 1664525u + 1013904223u; /* Numerical Recipes' constants */
	return (state >> 8) % below;
}

static bool search(const char *pattern, const char *text, size_t from, size_t *ret_end)
{
	const char *why = NULL;
	struct ere e;
	bool found;

	ck_assert_msg(ere_compile(&e, pattern, &why) == ERE_OK, "%s: %s", pattern, why);
	found = ere_search(&e, text, strlen(text), from, true, ret_end);
	ere_release(&e);
	return found;
}

/* The same answer as the C library: whether there is a match, and where it ends. */
static void compare(const char *pattern, const char *text)
{
	regmatch_t want[1];
	size_t end = 0;
	bool found;
	regex_t re;

	ck_assert_msg(regcomp(&re, pattern, REG_EXTENDED) == 0, "the C library refuses '%s'",
		      pattern);
	found = regexec(&re, text, 1, want, 0) == 0;
	regfree(&re);
	ck_assert_msg(search(pattern, text, 0, &end) == found, "'%s' on '%s': the C library %s",
		      pattern, text, found ? "finds it" : "does not find it");
	if (found)
		ck_assert_msg(end == (size_t)want[0].rm_eo, "'%s' on '%s': ends at %zu, not %d",
			      pattern, text, end, (int)want[0].rm_eo);
}

static const char *const texts[] = {
	"",
	"a",
	"b",
	"aa",
	"ab",
	"aab",
	"abcabc",
	"xxabab",
	"a b_c-9",
	"I (1234) wifi: connected, 12 dBm",
	"E (7) boot: bad magic 0xff]",
	"{}()|*+?.^$\\[]",
	"\t\x80\xff\x7f\x01 end",
};

static const char *const patterns[] = {
	"",
	"a",
	"ab",
	"a|b",
	"a|ab",
	"ab|a",
	"(a|ab)(c|bcd)?",
	"(a*)*b",
	"(a*)+",
	"(a|aa)+$",
	"^a",
	"a$",
	"^$",
	"^",
	"$",
	"(^a|b)b",
	"a(b|$)",
	"(^|x)a",
	"a*",
	"a+",
	"a?",
	"a**",
	"(a?)*",
	"(|a)b",
	"a||b",
	"()",
	"()*a",
	"(a|b)*c",
	"a{2}",
	"a{0}b",
	"a{0,1}b",
	"a{1,2}b",
	"a{2,}",
	"a{0,}",
	"a{,2}b",
	"(ab){2}",
	"(ab){1,}c",
	"(a{1,2}){2}",
	"(a|b){2,3}c",
	".",
	"..$",
	"a.c",
	".*b",
	".+",
	"[abc]+",
	"[^abc]+",
	"[a-c]+",
	"[]a]+",
	"[^]a]+",
	"[a-]+",
	"[-a]+",
	"[.*]",
	"[[:digit:]]+",
	"[[:alpha:]_]+",
	"[^[:space:]]+ ",
	"[[:upper:]] ",
	"[[:xdigit:]]+]",
	"[[:punct:]]+$",
	"[[:cntrl:]]",
	"[[:print:]]+$",
	"[[:graph:]]+",
	"[[:blank:]]",
	"[[:lower:]]+:",
	"[[:alnum:]]+",
	"[[.a.]-c]+",
	"[[=a=]]",
	"[\\]",
	"\\.",
	"\\*",
	"\\(",
	"\\\\",
	"\\[",
	"\\{",
	"\\|",
	"\\$",
	"a)",
	"}",
	"]",
	"\\w+",
	"\\W+",
	"\\s",
	"\\S+$",
	"\\bab",
	"ab\\b",
	"\\<a",
	"c\\>",
	"\\<c",
	"a\\>",
	"\\`a",
	"c\\'",
	"wifi: (connected|lost), [0-9]+ dBm$",
	"^[EWI] \\([0-9]+\\) [a-z]+:",
	"x*ab*",
	"(x|ab)*$",
	"(a|b|ab)*c",
	"a|b|c|ab|abc",
	"((a)|(ab))((c)|(bc))",
	"[\x80-\xff]+",
};

START_TEST(as_the_c_library)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		compare(patterns[_i], texts[i]);
}
END_TEST

/* ---- any expression ---- */

static void append(char *out, size_t room, const char *text)
{
	size_t len = strlen(out);

	(void)ef_snprintf(out + len, room - len, "%s", text);
}

static void make_pattern(char *out, size_t room, unsigned depth)
{
	static const char *const atoms[] = {
		"a", "b", "c", "ab", ".", "[ab]", "[^a]", "(", "^", "$"
	};
	static const char *const repeats[] = { "", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}" };
	unsigned count = 1 + next_random(3);

	out[0] = '\0';
	for (unsigned i = 0; i < count && strlen(out) + 40 < room; i++) {
		uint32_t atom = next_random(depth ? 10 : 7);

		if (atom == 7) {
			char inner[64];

			make_pattern(inner, sizeof(inner), depth - 1);
			append(out, room, "(");
			append(out, room, inner);
			append(out, room, ")");
		} else {
			append(out, room, atoms[atom]);
		}
		if (atom < 8)
			append(out, room, repeats[next_random(9)]);
		if (next_random(5) == 0 && i + 1 < count)
			append(out, room, "|");
	}
}

/*
 * glibc writes these repeats out, and lets "^" hold in every copy: "(^.{2}){0,2}" takes all of
 * "abbc", and "(^[^a])+" five bytes of "bcbcba".
 */
static bool has_anchor_and_repeat(const char *pattern)
{
	return strpbrk(pattern, "^$") && strpbrk(pattern, "{+");
}

START_TEST(random_ones)
{
	char pattern[160], text[12];

	state = (uint32_t)_i;
	for (unsigned n = 0; n < 400; n++) {
		size_t len = next_random(sizeof(text));

		do {
			make_pattern(pattern, sizeof(pattern), 2);
		} while (has_anchor_and_repeat(pattern));
		for (size_t i = 0; i < len; i++)
			text[i] = "abc"[next_random(3)];
		text[len] = '\0';
		compare(pattern, text);
	}
}
END_TEST

START_TEST(refused)
{
	static const char *const wrong[] = {
		"(",
		"(a",
		"[",
		"[a",
		"[]",
		"[[:alpha:]",
		"[[:nope:]]",
		"[b-a]",
		"*",
		"+a",
		"?",
		"a|*",
		"(*a)",
		"^*",
		"\\",
		"a{",
		"a{b}",
		"a{2,1}",
		"a{1",
		"a{1,2",
		"{1}",
		"[[.ab.]]",
		"[[:alpha:",
		"a{}",
		"[a-[:digit:]]",
		"[[:digit:]-z]",
	};
	const char *why;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct ere e;
		regex_t re;

		why = NULL;
		ck_assert_msg(ere_compile(&e, wrong[i], &why) == ERE_WRONG, "%s", wrong[i]);
		ck_assert_ptr_nonnull(why);
		ere_release(&e);
		if (regcomp(&re, wrong[i], REG_EXTENDED) == 0) {
			regfree(&re);
			ck_abort_msg("the C library accepts '%s'", wrong[i]);
		}
	}
}
END_TEST

START_TEST(places)
{
	const char *why;
	size_t end = 0;
	struct ere e;

	/* from: the text before is seen, but no match begins there */
	ck_assert(!search("^b", "ab", 1, &end));
	ck_assert(!search("\\bb", "ab", 1, &end));
	ck_assert(search("\\Bb", "ab", 1, &end) && end == 2);
	ck_assert(search("a", "aba", 1, &end) && end == 3);
	ck_assert(!search("a", "ab", 1, &end));
	ck_assert(search("$", "ab", 2, &end) && end == 2);
	/* a place that didn't hold at one byte may hold at a later one */
	ck_assert(search("(a$|b)*c", "aabc", 0, &end) && end == 4);
	ck_assert(search("(a\\>|b)+$", "a-xab a", 0, &end) && end == 7);
	/* more may follow */
	ck_assert(ere_compile(&e, "b$", &why) == ERE_OK);
	ck_assert(!ere_search(&e, "ab", 2, 0, false, &end));
	ck_assert(ere_search(&e, "ab", 2, 0, true, &end));
	ere_release(&e);
}
END_TEST

/* ---- bombs ---- */

#define LINE 65536u

static const struct {
	const char *pattern, *alphabet;
} bombs[] = {
	{ "(a*)*b", "a" },
	{ "(a|aa)+$", "ab" },
	{ "(a|a)*b", "a" },
	{ "(x|y)*x(x|y){500}z", "xy" },
	{ ".*x.{1000}z", "xy" },
	{ "((a?){30}){30}a{900}b", "a" },
	{ "(((a*)*)*)*b", "a" },
	{ "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^ab]", "ab" },
	{ "^(([a-z])+.)+[A-Z]([a-z])+$", "a" },
	{ "(((((a{1,5}){1,5}){1,5}){1,5}){1,2}){1,1}b", "a" },
};

START_TEST(bounded)
{
	char *text = malloc(LINE);
	const char *why;
	size_t end;
	struct ere e;

	ck_assert_ptr_nonnull(text);
	state = 1;
	for (size_t i = 0; i < LINE; i++)
		text[i] = bombs[_i].alphabet[next_random((uint32_t)strlen(bombs[_i].alphabet))];
	ck_assert_int_eq(ere_compile(&e, bombs[_i].pattern, &why), ERE_OK);
	ck_assert_uint_le(e.count, ERE_STEPS_MAX);
	(void)ere_search(&e, text, LINE, 0, true, &end);
	/* each step once to enter it and once to leave it, for each place of the text */
	ck_assert_uint_le(e.visits, (uint64_t)2 * e.count * (LINE + 1));
	ere_release(&e);
	free(text);
}
END_TEST

START_TEST(long_alternation)
{
	char pattern[4000], text[LINE];
	const char *why;
	size_t len = 0, end;
	struct ere e;

	for (unsigned i = 0; i < 150; i++)
		len += (size_t)snprintf(pattern + len, sizeof(pattern) - len, "%sword%03u%s",
					i ? "|" : "", i, i % 2 ? "a*" : "");
	memset(text, 'w', LINE);
	ck_assert_int_eq(ere_compile(&e, pattern, &why), ERE_OK);
	ck_assert(!ere_search(&e, text, LINE, 0, true, &end));
	ck_assert_uint_le(e.visits, (uint64_t)2 * e.count * (LINE + 1));
	memcpy(text + LINE - 20, "word149aa", 9);
	ck_assert(ere_search(&e, text, LINE, 0, true, &end));
	ck_assert_uint_eq(end, LINE - 11);
	ere_release(&e);
}
END_TEST

START_TEST(too_large)
{
	static const char *const large[] = {
		"a{32767}",       "a{1,32767}",   "(a{1,99}){1,99}", "((a{99}){99}){99}",
		"a{99999999999}", "(a|b){5000,}", "a{4000}",
	};
	char deep[ERE_DEPTH_MAX + 2], wide[ERE_LENGTH_MAX + 2];
	const char *why;
	struct ere e;

	for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		ck_assert_msg(ere_compile(&e, large[i], &why) == ERE_TOO_LARGE, "%s", large[i]);
		ere_release(&e);
	}
	memset(deep, '(', sizeof(deep));
	deep[ERE_DEPTH_MAX + 1] = '\0';
	ck_assert_int_eq(ere_compile(&e, deep, &why), ERE_TOO_LARGE);
	ere_release(&e);
	memset(wide, '^', sizeof(wide));
	wide[ERE_LENGTH_MAX + 1] = '\0';
	ck_assert_int_eq(ere_compile(&e, wide, &why), ERE_TOO_LARGE);
	ere_release(&e);
	wide[ERE_STEPS_MAX - 1] = '\0';
	ck_assert_int_eq(ere_compile(&e, wide, &why), ERE_OK);
	ere_release(&e);
}
END_TEST

Suite *suite_ere(void);
Suite *suite_ere(void)
{
	Suite *s = suite_create("ere");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, as_the_c_library, 0, sizeof(patterns) / sizeof(patterns[0]));
	tcase_add_loop_test(t, random_ones, 0, 20);
	tcase_add_test(t, refused);
	tcase_add_test(t, places);
	tcase_add_loop_test(t, bounded, 0, sizeof(bombs) / sizeof(bombs[0]));
	tcase_add_test(t, long_alternation);
	tcase_add_test(t, too_large);
	suite_add_tcase(s, t);
	return s;
}
