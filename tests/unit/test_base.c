/* SPDX-License-Identifier: MIT */
/* The base layer: errors, buffers, files, digests. Numbers and text: test_text.c. */
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
				    11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 130 };

	ck_assert_uint_eq(EF_CODE_COUNT, EF_ARRAY_LEN(want));
	for (unsigned i = 0; i < EF_CODE_COUNT; i++)
		ck_assert_int_eq(ef_code_exit_status((enum ef_code)i), want[i]);
	ck_assert_str_eq(ef_code_name(EF_E_VERIFY), "VERIFY");
	ck_assert_str_eq(ef_code_meaning(EF_E_TIMEOUT), "chip did not answer");
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
	ef_map_passed(map.data, 5);
	ck_assert_mem_eq(map.data, "other", 5);
	ef_map_release(&map);
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
