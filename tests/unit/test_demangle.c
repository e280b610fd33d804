/* SPDX-License-Identifier: MIT */
/* Names of Rust and C++, against binutils' c++filt (tests/golden/demangle). */
#include <stdio.h>

#include "base/util.h"
#include "ck_ef.h"
#include "elf_maker.h"
#include "symbols/demangle.h"

/* Whether this build has a C++ runtime's demangler. */
static bool has_cpp(void)
{
	char got[16];

	return ef_demangle("_Z1fv", got, sizeof(got));
}

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
			ck_assert_msg(!has_cpp() && strncmp(p, "_R", 2) != 0 && !strstr(p, "17h"),
				      "%s", p);
			untouched++;
		}
	}
	ck_assert_uint_ge(same + untouched, 150);
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
	/* The readable name has to fit. */
	ck_assert(!ef_demangle("_RNvC3foo3bar", got, 8));
	ck_assert(ef_demangle("_RNvC3foo3bar", got, 9));
	ck_assert_str_eq(got, "foo::bar");
	if (!has_cpp())
		return;
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

/* "_Z1f", then types each of which is a template of the one before it, count times over. */
static void make_doubling(char *name, size_t cap, unsigned levels, unsigned count)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t len;

	ck_assert(ef_snprintf(name, cap, "_Z1f1aI1bE"));
	for (unsigned i = 0; i < levels; i++) {
		len = strlen(name);
		ck_assert(ef_snprintf(name + len, cap - len, "S_I"));
		for (unsigned k = 0; k < count; k++) {
			len = strlen(name);
			ck_assert(ef_snprintf(name + len, cap - len, "S%c_", digits[i + 1]));
		}
		len = strlen(name);
		ck_assert(ef_snprintf(name + len, cap - len, "E"));
	}
}

/* C++ names that would print gigabytes, or recurse as often as they have characters. */
START_TEST(hostile_cpp_names_end)
{
	static const char pair[] = "1aIT_Dp";
	char name[6000], got[1024];
	size_t len;

	make_doubling(name, sizeof(name), 30, 2);
	ck_assert(!ef_demangle(name, got, sizeof(got)));
	make_doubling(name, sizeof(name), 20, 8);
	ck_assert(!ef_demangle(name, got, sizeof(got)));

	/* A pack of 100 types is expanded in its own expansion, five times. */
	memset(name, 'i', sizeof(name));
	memcpy(name, "_Z1fIJ", 6);
	len = (size_t)snprintf(name + 106, 200, "EEvDp");
	for (unsigned i = 0; i < 5; i++)
		len += (size_t)snprintf(name + 106 + len, 200, "%s", pair);
	(void)snprintf(name + 106 + len, 200, "T_EEEEE");
	ck_assert(!ef_demangle(name, got, sizeof(got)));

	/* Nesting as deep as the name is long: expressions, template arguments, numbers. */
	for (size_t i = 0; i < 3; i++) {
		static const char *const unit[] = { "nt", "1aI", "999" };

		len = (size_t)snprintf(name, sizeof(name), "_Z1fIX");
		while (len + 4 < sizeof(name))
			len += (size_t)snprintf(name + len, sizeof(name) - len, "%s", unit[i]);
		(void)ef_demangle(name, got, sizeof(got));
		name[1000] = '\0';
		(void)ef_demangle(name, got, sizeof(got));
	}
}
END_TEST

/* Names that people write stay below the limits. */
START_TEST(long_cpp_names_are_readable)
{
	char got[1024];

	if (!has_cpp())
		return;
	ck_assert(ef_demangle("_ZSt11make_uniqueI3FooJ1A1BEENSt9_MakeUniqIT_E15__single_objectEDpO"
			      "T0_",
			      got, sizeof(got)));
	ck_assert_str_eq(got, "std::_MakeUniq<Foo>::__single_object std::make_unique<Foo, A, B>"
			      "(A&&, B&&)");
	ck_assert(ef_demangle("_ZThn8_N3foo3barEv", got, sizeof(got)));
	ck_assert_str_eq(got, "non-virtual thunk to foo::bar()");
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
	tcase_add_test(tc, hostile_cpp_names_end);
	tcase_add_test(tc, long_cpp_names_are_readable);
	suite_add_tcase(s, tc);
	return s;
}
