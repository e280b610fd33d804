/* SPDX-License-Identifier: MIT */
/*
 * Numbers, lines and blanks of a partition table as Python has them (int(x, 0), str.splitlines,
 * str.isspace: ESP-IDF's generator is a Python program), its names (gen_esp32part.py, TYPES and
 * SUBTYPES), and what the checks say at their limits.
 */
#include "ck_ef.h"
#include "image/partition_priv.h"

static struct ef_err err;

static struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

/* ---- numbers ---- */

#define LIMIT ((int64_t)1 << 40)
#define BAD   INT64_MIN

static const struct {
	const char *text;
	int64_t value;
} numbers[] = {
	{ "0", 0 },
	{ "9", 9 },
	{ "10", 10 },
	{ "00", 0 },
	{ "0_0", 0 },
	{ "01", BAD },
	{ "0x0", 0 },
	{ "0x1f", 31 },
	{ "0XaF", 175 },
	{ "0xg", BAD },
	{ "0xG", BAD },
	{ "0x/", BAD },
	{ "0x:", BAD },
	{ "0x@", BAD },
	{ "0x`", BAD },
	{ "0x_1", 1 },
	{ "0x__1", BAD },
	{ "0x1_", BAD },
	{ "0x", BAD },
	{ "0o17", 15 },
	{ "0O7", 7 },
	{ "0o8", BAD },
	{ "0b101", 5 },
	{ "0B1", 1 },
	{ "0b2", BAD },
	{ "0d1", BAD },
	{ "1_0", 10 },
	{ "1__0", BAD },
	{ "_1", BAD },
	{ "+5", 5 },
	{ "-5", -5 },
	{ "-0x10", -16 },
	{ "+", BAD },
	{ "-", BAD },
	{ "+-1", BAD },
	{ " 7 ", 7 },
	{ "- 7", BAD },
	{ "", BAD },
	{ " ", BAD },
	{ "1a", BAD },
	{ "1k", 1024 },
	{ "1K", 1024 },
	{ "1m", 1048576 },
	{ "2M", 2097152 },
	{ "1 k", 1024 },
	{ "k", BAD },
	{ "1kk", 1048576 },
	{ "1KM", 1073741824 },
	{ "1024MK", LIMIT },
	{ "1025MK", BAD },
	{ "-1024MK", -LIMIT },
	{ "-1025MK", BAD },
	{ "1MM", LIMIT },
	{ "2MM", BAD },
	{ "1MMK", BAD },
	{ "0MMM", BAD },
	{ "1099511627776", LIMIT },
	{ "1099511627777", BAD },
	{ "-1099511627776", -LIMIT },
	{ "-1099511627777", BAD },
	{ "1048576M", LIMIT },
	{ "1048577M", BAD },
	{ "-1048576M", -LIMIT },
	{ "-1048577M", BAD },
	{ "99999999999999999999999999", BAD },
};

START_TEST(a_number)
{
	int64_t value = BAD;
	bool ok = part_parse_int(text_of(numbers[_i].text), NULL, &value);

	ck_assert_msg(ok == (numbers[_i].value != BAD), "'%s'", numbers[_i].text);
	ck_assert_int_eq(value, numbers[_i].value);
}
END_TEST

/* A name is a number, too, in any case of its letters, and with a suffix. */
START_TEST(names_as_numbers)
{
	char name[64];
	int64_t value;

	ck_assert(part_parse_int(text_of("DATA"), part_types, &value));
	ck_assert_int_eq(value, 1);
	ck_assert(part_parse_int(text_of("datak"), part_types, &value));
	ck_assert_int_eq(value, 1024);
	ck_assert(!part_parse_int(text_of("dat"), part_types, &value));
	ck_assert(!part_parse_int(text_of(" data"), part_types, &value));
	memset(name, 'a', sizeof(name)); /* longer than any name */
	for (size_t len = 1; len < sizeof(name); len++)
		ck_assert(!part_parse_int((struct text){ name, len }, part_types, &value));
}
END_TEST

/* ---- lines and blanks ---- */

static const struct {
	const char *text, *lines; /* the lines, with '|' behind each */
} splits[] = {
	{ "a\nb", "a|b|" },
	{ "a\n", "a|" },
	{ "\n", "|" },
	{ "\n\n", "||" },
	{ "a\r\nb\rc", "a|b|c|" },
	{ "a\r", "a|" },
	{ "a\n\rb", "a||b|" },
	{ "a\vb\fc", "a|b|c|" },
	{ "a\x1c"
	  "b\x1d"
	  "c\x1e"
	  "d",
	  "a|b|c|d|" },
	{ "a\x1f"
	  "b",
	  "a\x1f"
	  "b|" },
	{ "a\x1b"
	  "b",
	  "a\x1b"
	  "b|" },
	{ "a\tb", "a\tb|" },
	{ "a\x0e"
	  "b",
	  "a\x0e"
	  "b|" },
	{ "a\xc2\x85"
	  "b",
	  "a|b|" },
	{ "a\xc2\x86"
	  "b",
	  "a\xc2\x86"
	  "b|" },
	{ "a\xe2\x80\xa8"
	  "b\xe2\x80\xa9"
	  "c",
	  "a|b|c|" },
	{ "a\xe2\x80\xaa"
	  "b",
	  "a\xe2\x80\xaa"
	  "b|" },
	{ "", "" },
};

START_TEST(lines_of_a_text)
{
	struct text rest = text_of(splits[_i].text), line;
	char got[64] = "";
	size_t len = 0;

	while (part_text_line(&rest, &line)) {
		memcpy(got + len, line.p, line.len);
		len += line.len;
		got[len++] = '|';
	}
	got[len] = '\0';
	ck_assert_str_eq(got, splits[_i].lines);
	ck_assert_uint_eq(rest.len, 0);
}
END_TEST

static const struct {
	const char *text, *rest;
} strips[] = {
	{ "", "" },
	{ " ", "" },
	{ "  a  ", "a" },
	{ "a", "a" },
	{ "a b", "a b" },
	{ "\ta\n", "a" },
	{ "\x1f"
	  "a\x1f",
	  "a" },
	{ "\x1b"
	  "a",
	  "\x1b"
	  "a" },
	{ "\xc2\xa0"
	  "a\xc2\xa0",
	  "a" },
	{ "\xc2\xa1", "\xc2\xa1" },
	{ "\xe2\x80\x80\xe2\x80\x8a"
	  "a",
	  "a" },
	{ "\xe2\x80\x8b", "\xe2\x80\x8b" },
	{ "\xe1\xbf\xbf", "\xe1\xbf\xbf" },
	{ "\xe1\x9a\x80"
	  "a\xe3\x80\x80",
	  "a" },
	{ "\xe2\x80\xaf"
	  "a\xe2\x81\x9f",
	  "a" },
	{ "a\xc3\xa4", "a\xc3\xa4" },
	{ "\xf0\x9f\x98\x80 ", "\xf0\x9f\x98\x80" },
};

START_TEST(blanks_around_a_text)
{
	struct text t = part_text_strip(text_of(strips[_i].text));

	ck_assert_uint_eq(t.len, strlen(strips[_i].rest));
	ck_assert_mem_eq(t.p, strips[_i].rest, t.len);
}
END_TEST

/* ---- names ---- */

static const struct {
	uint8_t type, subtype;
	const char *name;
} names[] = {
	{ 0, 0x00, "factory" },  { 0, 0x20, "test" },     { 0, 0x10, "ota_0" },
	{ 0, 0x11, "ota_1" },    { 0, 0x12, "ota_2" },    { 0, 0x13, "ota_3" },
	{ 0, 0x14, "ota_4" },    { 0, 0x15, "ota_5" },    { 0, 0x16, "ota_6" },
	{ 0, 0x17, "ota_7" },    { 0, 0x18, "ota_8" },    { 0, 0x19, "ota_9" },
	{ 0, 0x1a, "ota_10" },   { 0, 0x1b, "ota_11" },   { 0, 0x1c, "ota_12" },
	{ 0, 0x1d, "ota_13" },   { 0, 0x1e, "ota_14" },   { 0, 0x1f, "ota_15" },
	{ 0, 0x30, "tee_0" },    { 0, 0x31, "tee_1" },    { 1, 0x00, "ota" },
	{ 1, 0x01, "phy" },      { 1, 0x02, "nvs" },      { 1, 0x03, "coredump" },
	{ 1, 0x04, "nvs_keys" }, { 1, 0x05, "efuse" },    { 1, 0x06, "undefined" },
	{ 1, 0x80, "esphttpd" }, { 1, 0x81, "fat" },      { 1, 0x82, "spiffs" },
	{ 1, 0x83, "littlefs" }, { 1, 0x90, "tee_ota" },  { 2, 0x00, "primary" },
	{ 2, 0x01, "ota" },      { 2, 0x02, "recovery" }, { 3, 0x00, "primary" },
	{ 3, 0x01, "ota" },      { 3, 0x02, "0x02" },     { 2, 0x03, "0x03" },
	{ 4, 0x00, "0x00" },     { 4, 0x05, "0x05" },     { 5, 0x01, "0x01" },
	{ 0xff, 0xff, "0xff" },
};

START_TEST(name_of_a_subtype)
{
	char name[EF_PART_NAME_SIZE];
	uint8_t value = 0xaa;

	ef_partition_subtype_name(names[_i].type, names[_i].subtype, name);
	ck_assert_str_eq(name, names[_i].name);
	if (names[_i].type != 1)
		return;
	ck_assert(ef_partition_data_subtype(names[_i].name, &value));
	ck_assert_uint_eq(value, names[_i].subtype);
}
END_TEST

/* ---- limits of the checks ---- */

#define APP "f,app,factory,0x10000,1M\n"

/* What is said; NULL: the table is good. Fields are name, type, subtype, offset, size, flags. */
static const struct {
	const char *csv, *says;
	uint32_t flash_size;
} tables[] = {
	{ APP, NULL, 0x110000 },
	{ APP,
	  "line 1, field 'size' of partition 'f': it ends at 0x00110000, beyond the flash of "
	  "0x10ffff bytes",
	  0x10ffff },
	{ "n,data,nvs,,0x3000\n" APP, NULL, 0 },
	{ "n,data,nvs,,0x2fff\n" APP,
	  "line 1, field 'size' of partition 'n': nvs of 0x2fff bytes must be 'readonly' (writing "
	  "needs 0x3000)",
	  0 },
	{ "n,data,nvs,,0x1000,readonly\n" APP, NULL, 0 },
	{ "n,data,nvs_keys,,0x1000\n" APP, NULL, 0 },
	{ "o,data,ota,,0x2000\n" APP, NULL, 0 },
	{ "o,data,ota,,0x2001\n" APP,
	  "line 1, field 'size' of partition 'o': otadata must have 0x2000 bytes, not 0x2001", 0 },
	{ "o,data,tee_ota,,0x2000\n" APP, NULL, 0 },
	{ "o,data,tee_ota,,0x1fff\n" APP,
	  "line 1, field 'size' of partition 'o': otadata must have 0x2000 bytes, not 0x1fff", 0 },
	{ "o,data,tee_ota,,0x2000,readonly\n" APP, NULL, 0 },
	{ "o,data,ota,,0x2000,readonly\n" APP,
	  "line 1, field 'flags' of partition 'o': otadata and coredump cannot be 'readonly'", 0 },
	{ "o,app,ota_0,0x10000,0x1000\n", NULL, 0 },
	{ "o,app,ota_0,0x10000,0xfff\n",
	  "line 1, field 'size' of partition 'o': 0xfff is not a multiple of 0x1000", 0 },
	{ "o,app,ota_0,0x10001,0x1000\n",
	  "line 1, field 'offset' of partition 'o': 0x00010001 is not a multiple of 0x10000", 0 },
	{ "x,0x40,0,0xa001,1\n" APP,
	  "line 1, field 'offset' of partition 'x': 0x0000a001 is not a multiple of 0x1000", 0 },
	{ "x,0x40,0,,1,encrypted:readonly\n" APP, NULL, 0 },
	{ "x,0x40,0,,1,encrypted:\n" APP, NULL, 0 },
	{ "x,0x40,0,,1,:readonly\n" APP, NULL, 0 },
	{ "t,data,fat,0x9000,0x1000\nu,data,fat,0xa000,-0xb000\n" APP, NULL, 0 },
	{ "u,data,fat,0xa000,-0xa000\n" APP, NULL, 0 },
	{ "u,data,fat,0xa000,-0x9fff\n" APP,
	  "line 1, field 'size': the end is below the offset 0x0000a000", 0 },
	{ "a,data,fat,0xfffff000,0xfff\n" APP,
	  "line 2, field 'offset': it is below 0xffffffff, "
	  "the end of the preceding partition",
	  0 },
	{ "$,data,fat,,4K\n" APP, NULL, 0 },
	{ "a$,data,fat,,4K\n" APP, NULL, 0 },
	{ "$1,data,fat,,4K\n" APP, NULL, 0 },
	{ "$_,data,fat,,4K\n" APP,
	  "line 1, field 'name': '$_' is an environment variable, which is not expanded", 0 },
	{ "$a,data,fat,,4K\n" APP,
	  "line 1, field 'name': '$a' is an environment variable, which is not expanded", 0 },
	{ "$z,data,fat,,4K\n" APP,
	  "line 1, field 'name': '$z' is an environment variable, which is not expanded", 0 },
	{ "$A,data,fat,,4K\n" APP,
	  "line 1, field 'name': '$A' is an environment variable, which is not expanded", 0 },
	{ "$Z,data,fat,,4K\n" APP,
	  "line 1, field 'name': '$Z' is an environment variable, which is not expanded", 0 },
	{ "$@,data,fat,,4K\n" APP, NULL, 0 },
	{ "$[,data,fat,,4K\n" APP, NULL, 0 },
	{ "$`,data,fat,,4K\n" APP, NULL, 0 },
	{ "a,data,255,,4K\n" APP, NULL, 0 },
	{ "a,255,255,,4K\n" APP, NULL, 0 },
	{ "a,data,256,,4K\n" APP, "line 1, field 'subtype': '256' is not in 0 to 255", 0 },
};

START_TEST(a_table_at_its_limits)
{
	const struct ef_partition_opts opts = { .flash_size = tables[_i].flash_size,
						.bootloader_offset = EF_PART_NO_OFFSET };
	static struct ef_partition_table t;
	const uint8_t *csv = (const uint8_t *)tables[_i].csv;
	bool ok = ef_partition_parse_csv(csv, strlen(tables[_i].csv), &opts, &t, &err);

	if (!tables[_i].says) {
		ck_ok(ok, &err);
		return;
	}
	ck_assert(!ok);
	ck_assert_str_eq(err.msg, tables[_i].says);
	ef_err_clear(&err);
}
END_TEST

Suite *suite_partition_words(void);
Suite *suite_partition_words(void)
{
	Suite *s = suite_create("partition_words");
	TCase *t = tcase_create("partition_words");

	tcase_add_loop_test(t, a_number, 0, (int)EF_ARRAY_LEN(numbers));
	tcase_add_test(t, names_as_numbers);
	tcase_add_loop_test(t, lines_of_a_text, 0, (int)EF_ARRAY_LEN(splits));
	tcase_add_loop_test(t, blanks_around_a_text, 0, (int)EF_ARRAY_LEN(strips));
	tcase_add_loop_test(t, name_of_a_subtype, 0, (int)EF_ARRAY_LEN(names));
	tcase_add_loop_test(t, a_table_at_its_limits, 0, (int)EF_ARRAY_LEN(tables));
	suite_add_tcase(s, t);
	return s;
}
