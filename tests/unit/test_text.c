/* SPDX-License-Identifier: MIT */
/* Numbers and text: parsing, paths, search, UTF-8, escape sequences, and text made harmless. */
#include "base/util.h"
#include "ck_ef.h"

static const struct {
	const char *text;
	uint32_t max;
	bool ok;
	uint32_t value;
} numbers[] = {
	{ "0", 9, true, 0 },
	{ "115_200", UINT32_MAX, true, 115200 },
	{ "0x1000", UINT32_MAX, true, 0x1000 },
	{ "0XffFFffFF", UINT32_MAX, true, UINT32_MAX },
	{ "0b101", 9, true, 5 },
	{ "0o17", 99, true, 15 },
	{ "4294967295", UINT32_MAX, true, UINT32_MAX },
	{ "4294967296", UINT32_MAX, false, 0 },
	{ "99999999999999999999999", UINT32_MAX, false, 0 },
	{ "10", 9, false, 0 },
	{ "", 9, false, 0 },
	{ "0x", 9, false, 0 },
	{ "_1", 9, false, 0 },
	{ "-1", 9, false, 0 },
	{ "+1", 9, false, 0 },
	{ " 1", 9, false, 0 },
	{ "1 ", 9, false, 0 },
	{ "1x", 9, false, 0 },
	{ "12ab", UINT32_MAX, false, 0 },
	{ "0b2", 9, false, 0 },
	{ "4k", UINT32_MAX, false, 0 },
};

START_TEST(number)
{
	uint32_t v = 77;

	ck_assert(ef_parse_u32(numbers[_i].text, numbers[_i].max, &v) == numbers[_i].ok);
	ck_assert_uint_eq(v, numbers[_i].ok ? numbers[_i].value : 77);
}
END_TEST

START_TEST(sizes)
{
	uint32_t v = 77;

	ck_assert(ef_parse_size("24K", UINT32_MAX, &v) && v == 24576);
	ck_assert(ef_parse_size("1m", UINT32_MAX, &v) && v == 1048576);
	ck_assert(ef_parse_size("0x10k", UINT32_MAX, &v) && v == 16384);
	ck_assert(ef_parse_size("512", UINT32_MAX, &v) && v == 512);
	v = 77;
	ck_assert(!ef_parse_size("k", UINT32_MAX, &v));
	ck_assert(!ef_parse_size("4096m", UINT32_MAX, &v));
	ck_assert(!ef_parse_size("1g", UINT32_MAX, &v));
	ck_assert_uint_eq(v, 77);
}
END_TEST

START_TEST(text)
{
	char small[4];
	char hex[7];

	ck_assert(!ef_strlcpy(small, sizeof(small), "abcd"));
	ck_assert_str_eq(small, "abc");
	ck_assert(ef_strlcpy(small, sizeof(small), "abc"));
	ef_hex(hex, (const uint8_t *)"\x00\xab\x9f", 3);
	ck_assert_str_eq(hex, "00ab9f");
	ck_assert_uint_eq(ef_edit_distance("flash", "flsh", 2), 1);
	ck_assert_uint_eq(ef_edit_distance("kitten", "sitting", 62), 3);
	ck_assert_uint_eq(ef_edit_distance("", "abc", 3), 3);
	ck_assert(ef_str_ieq("NVS", "nvs") && !ef_str_ieq("nvs", "nv"));
}
END_TEST

/* At the limit the distance is exact, and beyond it nothing but "more". */
START_TEST(distance_limit)
{
	char longest[64], too_long[65];

	ck_assert_uint_eq(ef_edit_distance("kitten", "sitting", 3), 3);
	ck_assert_uint_eq(ef_edit_distance("kitten", "sitting", 2), 3);
	ck_assert_uint_eq(ef_edit_distance("kitten", "sitting", 1), 2);
	ck_assert_uint_eq(ef_edit_distance("abcd", "wxyz", 2), 3);
	ck_assert_uint_eq(ef_edit_distance("ab", "abcd", 2), 2);
	ck_assert_uint_eq(ef_edit_distance("abcd", "ab", 2), 2);
	ck_assert_uint_eq(ef_edit_distance("abcde", "ab", 2), 3);
	ck_assert_uint_eq(ef_edit_distance("ab", "abcde", 2), 3);
	ck_assert_uint_eq(ef_edit_distance("same", "same", 0), 0);
	ck_assert_uint_eq(ef_edit_distance("same", "some", 0), 1);
	memset(longest, 'a', 63);
	longest[63] = '\0';
	memset(too_long, 'a', 64);
	too_long[64] = '\0';
	ck_assert_uint_eq(ef_edit_distance(longest, longest, 2), 0);
	ck_assert_uint_eq(ef_edit_distance(too_long, longest, 2), 3);
}
END_TEST

START_TEST(paths)
{
	ck_assert(ef_ends_with("a.bin", ".bin"));
	ck_assert(ef_ends_with(".bin", ".bin"));
	ck_assert(ef_ends_with("a", ""));
	ck_assert(!ef_ends_with("bin", ".bin"));
	ck_assert(!ef_ends_with("a.bin2", ".bin"));
	ck_assert_str_eq(ef_base_name("a/b/c.bin"), "c.bin");
	ck_assert_str_eq(ef_base_name("c.bin"), "c.bin");
	ck_assert_str_eq(ef_base_name("a/"), "");
	ck_assert(ef_path_is_absolute("/a"));
	ck_assert(ef_path_is_absolute("\\\\server\\a"));
	ck_assert(ef_path_is_absolute("C:a"));
	ck_assert(!ef_path_is_absolute("a/b"));
	ck_assert(!ef_path_is_absolute(""));
	ck_assert(ef_path_climbs("../a"));
	ck_assert(ef_path_climbs("a/.."));
	ck_assert(ef_path_climbs("a\\..\\b"));
	ck_assert(!ef_path_climbs("a/..b/c.."));
	ck_assert(!ef_path_climbs("./a"));
}
END_TEST

START_TEST(text_find)
{
	static const char data[] = "aab\0ab";

	ck_assert_ptr_eq(ef_find_text(data, 6, "ab"), data + 1);
	ck_assert_ptr_eq(ef_find_bytes(data, 6, "\0ab", 3), data + 3);
	ck_assert_ptr_eq(ef_find_text(data + 2, 4, "ab"), data + 4);
	ck_assert_ptr_null(ef_find_text(data + 2, 3, "ab")); /* the b is past the end */
	ck_assert_ptr_null(ef_find_text(data, 1, "aa"));
	ck_assert_ptr_null(ef_find_text(NULL, 0, "a"));
	ck_assert_ptr_eq(ef_find_text(data, 0, ""), data);
}
END_TEST

/* The limits of RFC 3629, section 4; a length of 0: invalid. */
static const struct {
	const char *bytes;
	size_t len;
	uint32_t value;
} utf8[] = {
	{ "A", 1, 'A' },
	{ "\x7f", 1, 0x7f },
	{ "\xc2\x80", 2, 0x80 },
	{ "\xdf\xbf", 2, 0x7ff },
	{ "\xe0\xa0\x80", 3, 0x800 },
	{ "\xed\x9f\xbf", 3, 0xd7ff },
	{ "\xee\x80\x80", 3, 0xe000 },
	{ "\xef\xbf\xbf", 3, 0xffff },
	{ "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "\x80", 0, 0 },
	{ "\xc0\x80", 0, 0 },
	{ "\xc1\xbf", 0, 0 },
	{ "\xe0\x9f\xbf", 0, 0 },
	{ "\xed\xa0\x80", 0, 0 },
	{ "\xed\xbf\xbf", 0, 0 },
	{ "\xf0\x8f\xbf\xbf", 0, 0 },
	{ "\xf4\x90\x80\x80", 0, 0 },
	{ "\xf5\x80\x80\x80", 0, 0 },
	{ "\xc3\x29", 0, 0 },
	{ "\xe2\x82\x29", 0, 0 },
};

START_TEST(text_utf8)
{
	const char *bytes = utf8[_i].bytes;
	size_t len = utf8[_i].len;
	uint32_t c = 77;
	char again[4];

	ck_assert_uint_eq(ef_utf8_get(bytes, strlen(bytes), &c), len);
	ck_assert_uint_eq(c, len ? utf8[_i].value : 77);
	ck_assert(ef_utf8_is_valid(bytes, strlen(bytes)) == (len > 0));
	if (len == 0)
		return;
	ck_assert_uint_eq(ef_utf8_len((uint8_t)bytes[0]), len);
	ck_assert_uint_eq(ef_utf8_get(bytes, len - 1, &c), 0); /* cut */
	ck_assert_uint_eq(ef_utf8_put(again, c), len);
	ck_assert_mem_eq(again, bytes, len);
}
END_TEST

static const struct {
	const char *text;
	size_t len;
	const char *plain;
} escapes[] = {
	{ "\x1b[0;32mgreen", 7, "green" },
	{ "\x1b[mx", 3, "x" },
	{ "\x1b[?25hx", 6, "x" },
	{ "\x1b[2 qx", 5, "x" },
	{ "\x1b[~x", 3, "x" },
	{ "\x1b[0;3", 5, "" },       /* the text ends within it */
	{ "\x1b[0;3\nx", 5, "\nx" }, /* a control character ends it */
	{ "\x1b[\x7fx", 2, "\x7fx" },
	{ "\x1b[", 2, "" },
	{ "\x1b", 1, "" },
	{ "\x1b"
	  "cx",
	  1, "cx" },
	{ "\x1b\x1b[1mx", 1, "x" },
};

START_TEST(text_escapes)
{
	char plain[16] = "?";
	size_t len = strlen(escapes[_i].text), n = strlen(escapes[_i].plain);

	ck_assert_uint_eq(ef_escape_len(escapes[_i].text, len), escapes[_i].len);
	ck_assert_uint_eq(ef_strip_escapes(plain, sizeof(plain), escapes[_i].text, len), n);
	ck_assert_str_eq(plain, escapes[_i].plain);
}
END_TEST

START_TEST(text_strip_is_cut)
{
	char small[3], same[] = "a\x1b[1mb";

	ck_assert_uint_eq(ef_escape_len("", 0), 0);
	ck_assert_uint_eq(ef_strip_escapes(small, sizeof(small), "\x1b[1mabc", 7), 2);
	ck_assert_str_eq(small, "ab");
	ck_assert_uint_eq(ef_strip_escapes(same, sizeof(same), same, sizeof(same) - 1), 2);
	ck_assert_str_eq(same, "ab");
}
END_TEST

START_TEST(text_clean)
{
	char dirty[] = "a\x07"
		       "\xc3\xa9\xff\xe2\x82\xac\xc2\x9b\xed\xa0\x80z";
	char limits[] = " ~\x7f\x1f\xc2\x9f\xc2\xa0\xc3";

	ef_clean_text(dirty);
	ck_assert_str_eq(dirty, "a?\xc3\xa9?\xe2\x82\xac?????z");
	ef_clean_text(limits);
	ck_assert_str_eq(limits, " ~????\xc2\xa0?");
}
END_TEST

Suite *suite_text(void);
Suite *suite_text(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, number, 0, (int)EF_ARRAY_LEN(numbers));
	tcase_add_test(t, sizes);
	tcase_add_test(t, text);
	tcase_add_test(t, distance_limit);
	tcase_add_test(t, paths);
	tcase_add_test(t, text_find);
	tcase_add_loop_test(t, text_utf8, 0, (int)EF_ARRAY_LEN(utf8));
	tcase_add_loop_test(t, text_escapes, 0, (int)EF_ARRAY_LEN(escapes));
	tcase_add_test(t, text_strip_is_cut);
	tcase_add_test(t, text_clean);
	suite_add_tcase(s, t);
	return s;
}
