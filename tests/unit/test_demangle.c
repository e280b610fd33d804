/* SPDX-License-Identifier: MIT */
/* Names of Rust and C++, against binutils' c++filt (tests/golden/demangle). */
#include <stdio.h>

#include "ck_ef.h"
#include "elf_maker.h"
#include "symbols/demangle.h"

START_TEST(agrees_with_cxxfilt)
{
	size_t same = 0, untouched = 0;
	struct made golden;

	ck_assert(load_file(EF_SOURCE_DIR "/tests/golden/demangle", "names.txt", &golden));
	for (char *p = (char *)golden.data, *end; p < (char *)golden.data + golden.len;
	     p = end + 1) {
		char *tab = memchr(p, '\t', golden.len), got[1024];

		ck_assert_ptr_nonnull(tab);
		end = memchr(tab, '\n', golden.len - (size_t)(tab - (char *)golden.data));
		ck_assert_ptr_nonnull(end);
		*tab = *end = '\0';
		if (ef_demangle(p, got, sizeof(got))) {
			ck_assert_str_eq(got, tab + 1);
			same++;
		} else {
			/* Only C++ has what we leave as it is: expressions. */
			ck_assert(strncmp(p, "_R", 2) != 0 && !strstr(p, "17h"));
			untouched++;
		}
	}
	ck_assert_uint_ge(same, 150);
	ck_assert_uint_le(untouched * 20, same);
	free(golden.data);
}
END_TEST

START_TEST(leaves_others_alone)
{
	static const char *const name[] = { "",
					    "_",
					    "_Z",
					    "_R",
					    "main",
					    "_Zero",
					    "_ZN",
					    "_ZNE",
					    "_ZN3fo",
					    "_RNvC",

					    "__ZN3fooE",
					    "_Z3fooFi",
					    "_ZTV3foo",
					    "_ZN0E",
					    "_Z3fooS_",
					    "_Z3fooT_",
					    "_RNvB_3foo",
					    "_RNvC3foou3bar",
					    "_Z99999999999999999999foo" };
	char got[64] = "kept";

	for (size_t i = 0; i < EF_ARRAY_LEN(name); i++) {
		ck_assert_msg(!ef_demangle(name[i], got, sizeof(got)), "%s: %s", name[i], got);
		ck_assert_str_eq(got, "kept");
	}
	/* too long for what it goes to */
	ck_assert(!ef_demangle("_ZN3foo3barEv", got, 10));
	ck_assert(ef_demangle("_ZN3foo3barEv", got, 11));
	ck_assert_str_eq(got, "foo::bar()");
}
END_TEST

/* Deep nesting and references into themselves end. */
START_TEST(hostile_names_end)
{
	char name[6000], got[1024];

	memset(name, 'P', sizeof(name));
	memcpy(name, "_Z3foo", 6);
	name[sizeof(name) - 1] = '\0';
	ck_assert(!ef_demangle(name, got, sizeof(got)));
	memset(name, 'R', sizeof(name));
	memcpy(name, "_RINvC3foo3bar", 14);
	name[sizeof(name) - 1] = '\0';
	ck_assert(!ef_demangle(name, got, sizeof(got)));
	/* each tuple holds the one before it twice: doubled thirty times */
	ck_assert(!ef_demangle("_RINvC1a1bTTTTTTTTTTTTTTTTTTTTmBx_BvEBuEBtEBsEBrEBqEBpEBoE", got,
			       sizeof(got)));
	ck_assert(!ef_demangle("_RNvB_1a", got, sizeof(got)));
	ck_assert(!ef_demangle("_RINvC1a1bB7_E", got, sizeof(got)));
}
END_TEST

Suite *suite_demangle(void);

Suite *suite_demangle(void)
{
	Suite *s = suite_create("demangle");
	TCase *tc = tcase_create("demangle");

	tcase_add_test(tc, agrees_with_cxxfilt);
	tcase_add_test(tc, leaves_others_alone);
	tcase_add_test(tc, hostile_names_end);
	suite_add_tcase(s, tc);
	return s;
}
