/* SPDX-License-Identifier: MIT */
/* The TOML reader, against the examples of toml.io/en/v1.0.0 and broken ones of our own. */
#include <stdio.h>

#include "ck_ef.h"
#include "base/bytes.h"
#include "cli/config/toml.h"

static struct ef_err err;
static struct toml_doc *doc;

static void setup(void)
{
	ef_err_clear(&err);
	doc = NULL;
}

static void teardown(void)
{
	toml_free(doc);
	doc = NULL;
}

static bool parse(const char *text)
{
	toml_free(doc);
	doc = NULL;
	return toml_parse(text, strlen(text), &doc, &err);
}

/* The value at this path outside of arrays of tables, or NULL. */
static const struct toml_entry *find(const char *path)
{
	for (size_t i = 0; i < doc->count; i++) {
		const struct toml_entry *e = &doc->entry[i];

		if (e->element == 0 && e->value.kind != TOML_TABLE &&
		    e->value.kind != TOML_TABLES && strcmp(e->path, path) == 0)
			return e;
	}
	return NULL;
}

static const struct toml_entry *get(const char *path)
{
	const struct toml_entry *e = find(path);

	ck_assert_msg(e != NULL, "no '%s'", path);
	return e;
}

START_TEST(a_project_file)
{
	ck_ok(parse("baudrate = 460_800\n\n[idf_format_args]\nbootloader = \"a/b.bin\" # c\n"
		    "partition_table_offset=0x8000\r\n[flash]\nmode= 'qio'\n"),
	      &err);
	ck_assert_int_eq(get("baudrate")->value.kind, TOML_INTEGER);
	ck_assert_str_eq(get("baudrate")->value.text, "460_800");
	ck_assert_str_eq(get("idf_format_args.bootloader")->value.text, "a/b.bin");
	ck_assert_uint_eq(get("idf_format_args.bootloader")->line, 4);
	ck_assert_str_eq(get("idf_format_args.partition_table_offset")->value.text, "0x8000");
	ck_assert_str_eq(get("flash.mode")->value.text, "qio");
	ck_assert_ptr_null(find("flash"));
	ck_assert_ptr_null(find("mode"));
}
END_TEST

START_TEST(tables_in_an_array)
{
	static const char *const texts[] = {
		"[[usb_device]]\nvid = \"303a\"\n[[usb_device]]\nvid = \"1a86\"\n",
		"usb_device = [{ vid = \"303a\" },\n # the other\n { vid = \"1a86\" }, ]\n",
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(texts); i++) {
		size_t seen = 0;

		ck_ok(parse(texts[i]), &err);
		for (size_t j = 0; j < doc->count; j++) {
			const struct toml_entry *e = &doc->entry[j];

			if (e->value.kind == TOML_TABLES)
				continue;
			seen++;
			ck_assert_str_eq(e->path, "usb_device.vid");
			ck_assert_uint_eq(e->element, seen);
			ck_assert_str_eq(e->value.text, seen == 1 ? "303a" : "1a86");
		}
		ck_assert_uint_eq(seen, 2);
		ck_assert_ptr_null(find("usb_device.vid"));
	}
}
END_TEST

/* The meanings that toml.io gives. */
START_TEST(strings)
{
	ck_ok(parse("a = \"I'm a string. \\\"You can quote me\\\". Name\\tJos\\u00E9\\nSF.\"\n"
		    "b = 'C:\\Users\\nodejs\\templates'\nc = \"\"\nd = ''\n"
		    "e = \"\\U0001F600\\b\\f\\r\\\\\"\n"),
	      &err);
	ck_assert_str_eq(get("a")->value.text,
			 "I'm a string. \"You can quote me\". Name\tJos\xc3\xa9\nSF.");
	ck_assert_str_eq(get("b")->value.text, "C:\\Users\\nodejs\\templates");
	ck_assert_str_eq(get("c")->value.text, "");
	ck_assert_str_eq(get("d")->value.text, "");
	ck_assert_str_eq(get("e")->value.text, "\xf0\x9f\x98\x80\b\f\r\\");
}
END_TEST

START_TEST(numbers)
{
	static const char *const cases[] = {
		"+99",
		"42",
		"0",
		"-17",
		"1_000",
		"5_349_221",
		"0xDEADBEEF",
		"0xdead_beef",
		"0o755",
		"0b11010110",
		"9223372036854775807",
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "n = %s", cases[i]);
		ck_ok(parse(text), &err);
		ck_assert_int_eq(get("n")->value.kind, TOML_INTEGER);
		ck_assert_str_eq(get("n")->value.text, cases[i] + (cases[i][0] == '+'));
	}
}
END_TEST

START_TEST(other_values)
{
	ck_ok(parse("t = true\nf = false\nx = 3.14\ny = -2E-2\nd = 1979-05-27T07:32:00Z\n"
		    "i = inf\nn = [ \"a\", 'b' , # c\n 3,\n]\nempty = []\n"),
	      &err);
	ck_assert_int_eq(get("t")->value.kind, TOML_BOOLEAN);
	ck_assert(get("t")->value.boolean && !get("f")->value.boolean);
	ck_assert_int_eq(get("x")->value.kind, TOML_OTHER);
	ck_assert_int_eq(get("y")->value.kind, TOML_OTHER);
	ck_assert_int_eq(get("d")->value.kind, TOML_OTHER);
	ck_assert_int_eq(get("i")->value.kind, TOML_OTHER);
	ck_assert_uint_eq(get("n")->value.count, 3);
	ck_assert_str_eq(doc->item[get("n")->value.first + 1].text, "b");
	ck_assert_str_eq(doc->item[get("n")->value.first + 2].text, "3");
	ck_assert_uint_eq(get("empty")->value.count, 0);
	ck_assert_uint_eq(get("empty")->line, 10);
}
END_TEST

START_TEST(keys)
{
	ck_ok(parse("a.b . c = 1\n\"flash\".'mode' = \"x\"\n'odd key' = 2\n"
		    "t = { u.v = 3, w = {} }\n"
		    "1234 = 4\n[ p . q ]\nr = 5"),
	      &err);
	ck_assert_str_eq(get("a.b.c")->value.text, "1");
	ck_assert_str_eq(get("flash.mode")->value.text, "x");
	ck_assert_str_eq(get("\"odd key\"")->value.text, "2");
	ck_assert_str_eq(get("t.u.v")->value.text, "3");
	ck_assert_str_eq(get("1234")->value.text, "4");
	ck_assert_str_eq(get("p.q.r")->value.text, "5");
}
END_TEST

START_TEST(empty_is_fine)
{
	ck_ok(parse(""), &err);
	ck_ok(parse("\xef\xbb\xbf# only a comment"), &err);
	ck_assert_uint_eq(doc->count, 0);
}
END_TEST

static const struct {
	const char *text, *message;
} broken[] = {
	{ "a = 1\na = 2\n", "line 2: key 'a' is given twice, first in line 1" },
	{ "[flash]\n[flash]\n", "line 2: key 'flash' is given twice" },
	{ "flash = 1\n[flash]\n", "line 2: key 'flash' is given twice" },
	{ "flash = 1\n[flash.x]\n", "'flash.x' is given twice" },
	{ "[a]\nb = 1\n[[a]]\n", "line 3: key 'a' is given twice" },
	{ "a = { b = 1 }\na.b = 2\n", "line 2: key 'a.b' is given twice" },
	{ "\n\na\n", "line 3: key 'a': '=' is missing" },
	{ "a =\n", "line 1: key 'a': a value is missing" },
	{ "= 1\n", "line 1: a key is missing" },
	{ "a = 1 2\n", "line 1: something follows" },
	{ "[flash\n", "line 1: key 'flash': ']' is missing" },
	{ "[[flash]\n", "']]' is missing" },
	{ "[flash] x = 1\n", "line 1: key 'flash': something follows" },
	{ "a = \"x\n", "line 1: the string has no end" },
	{ "a = '''x'''\n", "over several lines" },
	{ "a = \"C:\\windows\"\n", "unknown escape" },
	{ "a = \"\\u00_1\"\n", "hexadecimal digits" },
	{ "a = \"\\u12\"", "hexadecimal digits" },
	{ "a = \"\\u12", "hexadecimal digits" },
	{ "a = \"\\uD800\"\n", "no character" },
	{ "a = \"\\u0000\"\n", "no character" },
	{ "a = qio\n", "line 1: key 'a': 'qio' is not a value" },
	{ "a = 0123\n", "'0123' is not a value" },
	{ "a = 0x\n", "'0x' is not a value" },
	{ "a = 9223372036854775808\n", "is not a value" },
	{ "a = True\n", "'True' is not a value" },
	{ "a = [1 2]\n", "a comma is missing" },
	{ "a = [1,\n2,\n", "line 3: key 'a': the array has no end" },
	{ "a = [[1]]\n", "arrays of arrays" },
	{ "a = [1, {}]\n", "arrays of arrays" },
	{ "a = [{}, 1]\n", "mixed" },
	{ "a = {b = 1\n}\n", "has no '}'" },
	{ "a = {b={c={d={e={f=1}}}}}\n", "nested too deeply" },
	{ "a = \"\x01\"\n", "line 1: a byte that is not UTF-8 text" },
	{ "\n# \xff\n", "line 2: a byte that is not UTF-8 text" },
};

START_TEST(broken_texts)
{
	ck_fails(parse(broken[_i].text), &err, EF_E_INPUT, broken[_i].message);
	ck_assert_ptr_null(doc);
}
END_TEST

START_TEST(limits)
{
	static char text[TOML_SIZE_MAX + 16];
	size_t len = 0;

	memset(text, ' ', sizeof(text));
	ck_fails(toml_parse(text, TOML_SIZE_MAX + 1, &doc, &err), &err, EF_E_INPUT, "larger than");
	for (int i = 0; i < TOML_ENTRIES_MAX + 1; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "k%d = 1\n", i);
	ck_fails(toml_parse(text, len, &doc, &err), &err, EF_E_INPUT, "too many keys");
	len = (size_t)snprintf(text, sizeof(text), "a = [");
	for (int i = 0; i < TOML_ITEMS_MAX + 1; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "1,");
	ck_fails(toml_parse(text, len, &doc, &err), &err, EF_E_INPUT, "too long");
	memset(text, 'a', 200);
	ck_fails(toml_parse(text, 200, &doc, &err), &err, EF_E_INPUT, "key is too long");
	ck_fails(toml_parse("a\0b", 3, &doc, &err), &err, EF_E_INPUT, "not UTF-8 text");
}
END_TEST

Suite *suite_toml(void);

Suite *suite_toml(void)
{
	Suite *s = suite_create("toml");
	TCase *t = tcase_create("toml");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_project_file);
	tcase_add_test(t, tables_in_an_array);
	tcase_add_test(t, strings);
	tcase_add_test(t, numbers);
	tcase_add_test(t, other_values);
	tcase_add_test(t, keys);
	tcase_add_test(t, empty_is_fine);
	tcase_add_loop_test(t, broken_texts, 0, EF_ARRAY_LEN(broken));
	tcase_add_test(t, limits);
	suite_add_tcase(s, t);
	return s;
}
