/* SPDX-License-Identifier: MIT */
/* Records as lines: what defmt-decoder made of the same templates, and what is refused. */
#include <stdio.h>

#include "ck_ef.h"
#include "base/util.h"
#include "defmt_rig.h"

/* The records of tests/golden/defmt/formats.txt: two of the corpus' ELF, others of cases.elf. */
static const struct ef_defmt_record records[] = {
	{ EF_DEFMT_INFO, "", "Hello world!", "esp32c6_defmt", "esp32c6_defmt::__risc_v_rt__main",
	  "/home/u/fw/src/bin/main.rs", 31 },
	{ EF_DEFMT_ERROR, "",
	  "panicked at 'Arrived into _start_trap_rust_hal but mcause is not an exception!'",
	  "esp_hal", "esp_hal::interrupt::riscv::start_trap_rust_hal",
	  "/home/u/esp-hal/src/interrupt/riscv.rs", 217 },
	{ EF_DEFMT_WARN, "141.000423", "warn", "", "", "", 0 },
	{ EF_DEFMT_ERROR, "142.000426", "error", "", "", "", 0 },
	{ EF_DEFMT_TRACE, "143.000429", "trace", "", "", "", 0 },
	{ EF_DEFMT_PRINT, "138.000414", "{literal} 1 }{", "", "", "", 0 },
};

static struct ef_err err;
static struct ef_defmt_format *format;

static void setup(void)
{
	ef_err_clear(&err);
	format = NULL;
}

static void teardown(void)
{
	ef_defmt_format_free(format);
}

/* ESC and newline as the golden file spells them. */
static void escape(const char *text, char *ret)
{
	for (; *text; text++)
		if (*text == '\033' || *text == '\n') {
			*ret++ = '\\';
			*ret++ = *text == '\n' ? 'n' : 'e';
		} else {
			*ret++ = *text;
		}
	*ret = '\0';
}

START_TEST(golden_formats)
{
	char line[1024], got[1024], shown[2048], *template, *want;
	size_t lines = 0;
	FILE *f = fopen(DEFMT_GOLDEN "/formats.txt", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		template = line + 4;
		want = strchr(line, '\t');
		*want++ = '\0';
		ck_ok(ef_defmt_format_parse(template, &format, &err), &err);
		ck_assert_uint_eq(ef_defmt_format_write(format, &records[line[0] - '0'],
							line[2] == '1', got, sizeof(got)),
				  strlen(got));
		escape(got, shown);
		ck_assert_msg(strcmp(shown, want) == 0, "%s\n got  '%s'\n want '%s'", line, shown,
			      want);
		ef_defmt_format_free(format);
		format = NULL;
		lines++;
	}
	fclose(f);
	ck_assert_uint_gt(lines, 150);
}
END_TEST

START_TEST(the_default_is_oneline)
{
	char got[128];

	ck_ok(ef_defmt_format_parse(NULL, &format, &err), &err);
	ef_defmt_format_write(format, &records[2], false, got, sizeof(got));
	ck_assert_str_eq(got, "141.000423 [WARN ] warn");
}
END_TEST

/* The book's list of colours has names with a blank. */
START_TEST(bright_colors)
{
	char got[128];

	ck_ok(ef_defmt_format_parse("{s:bright red}", &format, &err), &err);
	ef_defmt_format_write(format, &records[2], true, got, sizeof(got));
	ck_assert_str_eq(got, "\033[91mwarn\033[0m");
}
END_TEST

START_TEST(refused)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "{s}, is missing" },
		{ "{t}", "{s}, is missing" },
		{ "default", "{s}, is missing" },
		{ "{s", "an unclosed '{' at character 1" },
		{ "{s} x}", "an unexpected '}' or '%' at character 6: '}'" },
		{ "{s} 5%", "an unexpected '}' or '%' at character 6" },
		{ "{s}{}", "nothing between braces at character 5" },
		{ "{s} {foo}", "an unknown specifier at character 6: 'foo'" },
		{ "{s} {F:loud}", "an unknown colour, style or width at character 8: 'loud'" },
		{ "{s:bold:bold}", "the same style again" },
		{ "{s:red:green}", "a second colour" },
		{ "{s:3:4}", "a second width" },
		{ "{s:2000}", "an unknown colour, style or width" },
		{ "{s:>}", "an unknown colour, style or width" },
		{ "{bold}{s}", "no specifier" },
		{ "{[{L:<5:bold}]%bad%underline} {s}", "an unknown colour, style or width" },
		{ "{[x]%bold}{s}", "a group without specifier" },
		{ "{{{{{{{{{{{s}%1}%1}%1}%1}%1}%1}%1}%1}%1}%1}", "groups nested too deeply" },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++)
		ck_fails(ef_defmt_format_parse(cases[i].text, &format, &err), &err, EF_E_USAGE,
			 cases[i].why);
}
END_TEST

/* In a buffer of any size there are only whole characters and sequences, and colours end. */
START_TEST(cut_to_any_size)
{
	static const struct ef_defmt_record r = {
		EF_DEFMT_INFO, "1", "\u00e9\u20ac\U0001f49c x", "c", "m", "f.rs", 7
	};
	char got[256], whole[256];
	size_t full;

	ck_ok(ef_defmt_format_parse("{[{L:>8}]%bold%<14} {s:red} {{[{L}]%bold} {s}%>40}", &format,
				    &err),
	      &err);
	full = ef_defmt_format_write(format, &r, true, whole, sizeof(whole));
	for (size_t cap = 1; cap <= full + 1; cap++) {
		size_t n = ef_defmt_format_write(format, &r, true, got, cap);
		const char *esc = strrchr(got, '\033');

		ck_assert_uint_lt(n, cap);
		ck_assert_uint_eq(strlen(got), n);
		if (n && esc)
			ck_assert_msg(strchr(esc, 'm') != NULL, "%zu: '%s'", cap, got);
		if (cap > 16 && cap <= full)
			ck_assert_msg(n >= 4 && strcmp(got + n - 4, "\033[0m") == 0, "%zu: '%s'",
				      cap, got);
		ef_clean_text(got);
	}
	ck_assert_uint_eq(ef_defmt_format_write(format, &r, true, got, 0), 0);
}
END_TEST

Suite *suite_defmt_format(void);

Suite *suite_defmt_format(void)
{
	Suite *s = suite_create("defmt_format");
	TCase *tc = tcase_create("format");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, golden_formats);
	tcase_add_test(tc, the_default_is_oneline);
	tcase_add_test(tc, bright_colors);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, cut_to_any_size);
	suite_add_tcase(s, tc);
	return s;
}
