/* SPDX-License-Identifier: MIT */
/* The base layer: errors, numbers, text, buffers, files, digests. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/util.h"
#include "ck_ef.h"

START_TEST(err_record)
{
	struct ef_err err = EF_ERR_INIT;

	ck_assert(!ef_fail(&err, EF_E_PORT, "port '%s'", "a\nb\x1b[1m"));
	ck_assert_str_eq(err.msg, "port 'a?b?[1m'");
	ck_assert(!ef_context(&err, "cannot open"));
	ck_assert_str_eq(err.msg, "cannot open: port 'a?b?[1m'");
	ck_assert(!ef_hint_set(&err, EF_HINT_PORT_MISSING));
	ck_assert_int_eq(err.hint.id, EF_HINT_PORT_MISSING);
	ck_assert(!ef_hint_numbers(&err, EF_HINT_RATE_TOO_HIGH, 921600, 115200));
	ck_assert_uint_eq(err.hint.number[0], 921600);
	ck_assert_uint_eq(err.hint.number[1], 115200);
	/* a new hint must not keep the facts of the previous one */
	ck_assert(!ef_hint_text(&err, EF_HINT_PORT_BUSY, "a\nb"));
	ck_assert_int_eq(err.hint.id, EF_HINT_PORT_BUSY);
	ck_assert_str_eq(err.hint.text, "a?b");
	ck_assert_uint_eq(err.hint.number[0], 0);
	ck_assert(!ef_hint_own(&err, "plug %s in", "it"));
	ck_assert_int_eq(err.hint.id, EF_HINT_OWN);
	ck_assert_str_eq(err.hint.text, "plug it in");
	ef_err_clear(&err);
	ck_assert_int_eq(err.hint.id, EF_HINT_NONE);
	ck_assert_int_eq(err.code, EF_OK);
	ck_assert_str_eq(err.msg, "");
}
END_TEST

START_TEST(err_long_text_is_cut)
{
	struct ef_err err = EF_ERR_INIT;
	char text[2 * EF_ERR_MSG_SIZE];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ef_fail(&err, EF_E_IO, "%s", text);
	ck_assert_uint_eq(strlen(err.msg), EF_ERR_MSG_SIZE - 1);
	ef_context(&err, "context");
	ck_assert_uint_eq(strlen(err.msg), EF_ERR_MSG_SIZE - 1);
	ck_assert_int_eq(strncmp(err.msg, "context: xxx", 12), 0);
}
END_TEST

/* The table of architecture's section 4. */
START_TEST(exit_statuses)
{
	static const int want[] = { 0,  2,  3,  4,  5,  6,  7,  8,  9,  10,
				    11, 12, 13, 14, 15, 20, 21, 22, 23, 130 };

	ck_assert_uint_eq(EF_CODE_COUNT, EF_ARRAY_LEN(want));
	for (unsigned i = 0; i < EF_CODE_COUNT; i++)
		ck_assert_int_eq(ef_code_exit_status((enum ef_code)i), want[i]);
	ck_assert_str_eq(ef_code_name(EF_E_VERIFY), "VERIFY");
	ck_assert_str_eq(ef_code_meaning(EF_E_TIMEOUT), "chip did not answer");
}
END_TEST

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
	ck_assert_uint_eq(ef_edit_distance("flash", "flsh"), 1);
	ck_assert_uint_eq(ef_edit_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(ef_edit_distance("", "abc"), 3);
	ck_assert(ef_str_ieq("NVS", "nvs") && !ef_str_ieq("nvs", "nv"));
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

START_TEST(buffer_ceiling)
{
	struct ef_buf b = EF_BUF_INIT(600);
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_buf_fill(&b, 'a', 599, &err), &err);
	ck_ok(ef_buf_add(&b, "b", 1, &err), &err);
	ck_assert_uint_eq(b.len, 600);
	ck_fails(ef_buf_add(&b, "c", 1, &err), &err, EF_E_INPUT, "limit of 600");
	ck_assert_uint_eq(b.len, 600);
	ck_assert_int_eq(b.data[599], 'b');
	ef_buf_release(&b);
	ef_buf_release(&b);
	ck_ok(ef_buf_printf(&b, &err, "%d-%s", 7, "x"), &err);
	ck_assert_uint_eq(b.len, 3);
	ck_assert_str_eq((char *)b.data, "7-x");
	ef_buf_release(&b);
}
END_TEST

START_TEST(cursors)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct ef_rd r = ef_rd_init(bytes, sizeof(bytes));
	uint8_t out[5];
	struct ef_wr w = ef_wr_init(out, sizeof(out));

	ck_assert_uint_eq(ef_rd_u8(&r), 1);
	ck_assert_uint_eq(ef_rd_le16(&r), 0x0302);
	ck_assert_uint_eq(ef_rd_le32(&r), 0x07060504);
	ck_assert(!r.bad);
	ck_assert_uint_eq(ef_rd_u8(&r), 0);
	ck_assert(r.bad);
	ef_wr_le32(&w, 0x04030201);
	ck_assert(!w.bad);
	ef_wr_le16(&w, 1);
	ck_assert(w.bad && w.len == 4);
	ef_wr_u8(&w, 9);
	ck_assert_uint_eq(w.len, 4);
}
END_TEST

START_TEST(ranges)
{
	uint32_t v;

	ck_assert(ef_range_ok(0, 16, 16));
	ck_assert(!ef_range_ok(1, 16, 16));
	ck_assert(!ef_range_ok(0xfffffff0, 0x20, 0xffffffff));
	ck_assert(ef_ranges_overlap(0, 10, 9, 1));
	ck_assert(!ef_ranges_overlap(0, 10, 10, 1));
	ck_assert(ef_ranges_overlap(0xfffff000, 0x1000, 0xffffffff, 1));
	ck_assert(!ef_ranges_overlap(0xfffff000, 0x1000, 0, 0x1000));
	ck_assert(ef_align_u32(0x1001, 0x1000, &v) && v == 0x2000);
	ck_assert(!ef_align_u32(0xfffff001, 0x1000, &v));
}
END_TEST

/* RFC 1321 A.5; FIPS 180-4: "abc", a million of a; zlib's CRC of "123456789" is the check value. */
START_TEST(digests)
{
	static uint8_t million[1000000];
	uint8_t md5[EF_MD5_LEN], sha[EF_SHA256_LEN];
	char hex[65];

	ef_md5("abc", 3, md5);
	ef_hex(hex, md5, sizeof(md5));
	ck_assert_str_eq(hex, "900150983cd24fb0d6963f7d28e17f72");
	ef_sha256("abc", 3, sha);
	ef_hex(hex, sha, sizeof(sha));
	ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	memset(million, 'a', sizeof(million));
	ef_sha256(million, sizeof(million), sha);
	ef_hex(hex, sha, sizeof(sha));
	ck_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	ck_assert_uint_eq(ef_crc32("123456789", 9), 0xcbf43926);
}
END_TEST

static char dir[] = "/tmp/ef-base-XXXXXX";

static void make_dir(void)
{
	memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
}

static void remove_dir(void)
{
	(void)unlink("file");
	(void)unlink("link");
	(void)rmdir("folder");
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(dir), 0); /* nothing left behind, temporaries included */
}

START_TEST(file_round_trip)
{
	struct ef_buf b = EF_BUF_INIT(100);
	struct ef_map map = { 0 };
	struct ef_err err = EF_ERR_INIT;
	struct stat st;

	ck_ok(ef_file_write("file", "hello", 5, &err), &err);
	ck_assert_int_eq(chmod("file", 0600), 0);
	ck_ok(ef_file_write("file", "other", 5, &err), &err);
	ck_assert_int_eq(stat("file", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_ok(ef_file_read("file", &b, &err), &err);
	ck_assert_uint_eq(b.len, 5);
	ck_assert_mem_eq(b.data, "other", 5);
	ck_ok(ef_map_open(&map, "file", 5, &err), &err);
	ck_assert_mem_eq(map.data, "other", 5);
	ef_map_trim(&map);
	ck_assert_mem_eq(map.data, "other", 5);
	ef_map_release(&map);
	ef_map_trim(&map);
	ef_map_release(&map);
	ef_buf_release(&b);
	b.max = 4;
	ck_fails(ef_file_read("file", &b, &err), &err, EF_E_INPUT, "limit of 4");
	ck_fails(ef_map_open(&map, "file", 4, &err), &err, EF_E_INPUT, "limit of 4");
	ef_buf_release(&b);
}
END_TEST

START_TEST(file_symlink_stays)
{
	struct ef_err err = EF_ERR_INIT;
	struct stat st;

	ck_ok(ef_file_write("file", "1", 1, &err), &err);
	ck_assert_int_eq(symlink("file", "link"), 0);
	ck_ok(ef_file_write("link", "22", 2, &err), &err);
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(stat("file", &st), 0);
	ck_assert_int_eq(st.st_size, 2);
}
END_TEST

START_TEST(file_errors)
{
	struct ef_buf b = EF_BUF_INIT(100);
	struct ef_err err = EF_ERR_INIT;

	ck_fails(ef_file_read("file", &b, &err), &err, EF_E_INPUT, "cannot open 'file': No such");
	ck_fails(ef_file_write("no/file", "x", 1, &err), &err, EF_E_IO, "'no/file'");
	ck_assert_int_eq(mkdir("folder", 0777), 0);
	ck_fails(ef_file_read("folder", &b, &err), &err, EF_E_INPUT, "directory");
	ck_fails(ef_file_write("folder", "x", 1, &err), &err, EF_E_IO, "directory");
	ck_ok(ef_file_write("/dev/null", "x", 1, &err), &err);
	ck_fails(ef_file_write("/dev/full", "x", 1, &err), &err, EF_E_IO, "/dev/full");
}
END_TEST

START_TEST(file_in_pieces)
{
	struct ef_file_out out = EF_FILE_OUT_INIT;
	struct ef_buf b = EF_BUF_INIT(100);
	struct ef_err err = EF_ERR_INIT;
	struct stat st;

	ef_file_out_abort(&out);
	ck_ok(ef_file_write("file", "old", 3, &err), &err);
	ck_assert_int_eq(chmod("file", 0640), 0);
	/* the file appears only when it is complete, and no partial file stays */
	ck_ok(ef_file_out_open(&out, "file", &err), &err);
	ck_ok(ef_file_out_write(&out, "new", 3, &err), &err);
	ck_ok(ef_file_read("file", &b, &err), &err);
	ck_assert_mem_eq(b.data, "old", 3);
	ef_buf_release(&b);
	ef_file_out_abort(&out);
	ef_file_out_abort(&out);
	ck_ok(ef_file_out_open(&out, "file", &err), &err);
	ck_ok(ef_file_out_write(&out, "pie", 3, &err), &err);
	ck_ok(ef_file_out_write(&out, "ces", 3, &err), &err);
	ck_ok(ef_file_out_commit(&out, &err), &err);
	ef_file_out_abort(&out);
	ck_ok(ef_file_read("file", &b, &err), &err);
	ck_assert_uint_eq(b.len, 6);
	ck_assert_mem_eq(b.data, "pieces", 6);
	ef_buf_release(&b);
	ck_assert_int_eq(stat("file", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0640);
	ck_fails(ef_file_out_open(&out, "no/file", &err), &err, EF_E_IO, "'no/file'");
	ck_ok(ef_file_out_open(&out, "/dev/full", &err), &err);
	ck_fails(ef_file_out_write(&out, "x", 1, &err), &err, EF_E_IO, "/dev/full");
	ef_file_out_abort(&out);
}
END_TEST

Suite *suite_base(void);
Suite *suite_base(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("base");
	TCase *files = tcase_create("files");

	tcase_add_test(t, err_record);
	tcase_add_test(t, err_long_text_is_cut);
	tcase_add_test(t, exit_statuses);
	tcase_add_loop_test(t, number, 0, (int)EF_ARRAY_LEN(numbers));
	tcase_add_test(t, sizes);
	tcase_add_test(t, text);
	tcase_add_test(t, paths);
	tcase_add_test(t, text_find);
	tcase_add_loop_test(t, text_utf8, 0, (int)EF_ARRAY_LEN(utf8));
	tcase_add_loop_test(t, text_escapes, 0, (int)EF_ARRAY_LEN(escapes));
	tcase_add_test(t, text_strip_is_cut);
	tcase_add_test(t, text_clean);
	tcase_add_test(t, buffer_ceiling);
	tcase_add_test(t, cursors);
	tcase_add_test(t, ranges);
	tcase_add_test(t, digests);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(files, make_dir, remove_dir);
	tcase_add_test(files, file_round_trip);
	tcase_add_test(files, file_symlink_stays);
	tcase_add_test(files, file_errors);
	tcase_add_test(files, file_in_pieces);
	suite_add_tcase(s, files);
	return s;
}
