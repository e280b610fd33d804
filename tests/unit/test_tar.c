/* SPDX-License-Identifier: MIT */
/* Tar archives that the test makes itself, and gzip. */
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/gunzip.h"
#include "base/tar.h"
#include "ck_ef.h"
#include "rig/tar_maker.h"

static uint8_t tar[64 * 1024];
static size_t tar_len;

static void setup(void)
{
	memset(tar, 0, sizeof(tar));
	tar_len = 0;
}

/* Append an entry; returns its header. */
static uint8_t *add(const char *name, char type, const char *content)
{
	uint8_t *h = tar + tar_len;

	tar_len += tar_put(h, name, type, content, strlen(content));
	return h;
}

static struct ef_tar open_tar(void)
{
	return (struct ef_tar){ .data = tar, .len = tar_len };
}

static void expect(struct ef_tar *t, const char *name, bool is_file, const char *content)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_tar_entry e;

	ck_ok(ef_tar_next(t, &e, &err), &err);
	ck_assert(!e.is_end);
	ck_assert_str_eq(e.name, name);
	ck_assert_int_eq(e.is_file, is_file);
	ck_assert_uint_eq(e.len, strlen(content));
	ck_assert_mem_eq(e.data, content, e.len);
}

static void expect_end(struct ef_tar *t)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_tar_entry e;

	ck_ok(ef_tar_next(t, &e, &err), &err);
	ck_assert(e.is_end);
}

START_TEST(entries)
{
	struct ef_tar t;
	uint8_t *h;

	add("a/", '5', "");
	add("a/b.bin", '0', "hello");
	h = add("name.bin", '\0', "x");
	memcpy(h + 345, "some/prefix", 11);
	tar_seal(h);
	add("link", '2', "");
	ck_assert(ef_tar_is(tar, tar_len));
	tar_len += 1024;
	t = open_tar();
	expect(&t, "a/", false, "");
	expect(&t, "a/b.bin", true, "hello");
	expect(&t, "some/prefix/name.bin", true, "x");
	expect(&t, "link", false, "");
	expect_end(&t);
	expect_end(&t);
}
END_TEST

/* GNU's 'L' and pax' "path" give the next entry a longer name; pax "size" its size. */
START_TEST(long_names)
{
	struct ef_tar t;
	uint8_t *h;

	add("././@LongLink", 'L', "a/name/that/is/long.bin");
	add("short", '0', "1");
	add("pax", 'x', "15 path=b/c.de\n10 size=3\n12 mtime=12\n");
	h = add("short", '0', "two");
	memcpy(h + 124, "00000000000", 11);
	tar_seal(h);
	t = open_tar();
	expect(&t, "a/name/that/is/long.bin", true, "1");
	expect(&t, "b/c.de", true, "two");
	expect_end(&t);
}
END_TEST

/* Names that lead out of the archive are not files. */
START_TEST(outside)
{
	struct ef_tar t;

	add("../x.bin", '0', "1");
	add("a/../../x.bin", '0', "1");
	add("/etc/x.bin", '0', "1");
	add("a/..", '0', "1");
	add("a/..b", '0', "1");
	t = open_tar();
	expect(&t, "../x.bin", false, "1");
	expect(&t, "a/../../x.bin", false, "1");
	expect(&t, "/etc/x.bin", false, "1");
	expect(&t, "a/..", false, "1");
	expect(&t, "a/..b", true, "1");
	ck_assert(!ef_entry_is_inside("..\\x.bin"));
	ck_assert(!ef_entry_is_inside("C:\\x.bin"));
	ck_assert(!ef_entry_is_inside(""));
	ck_assert(ef_entry_is_inside("a/b.bin"));
}
END_TEST

static void fails(const char *text)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_tar t = open_tar();
	struct ef_tar_entry e;
	bool ok;

	do
		ok = ef_tar_next(&t, &e, &err);
	while (ok && !e.is_end);
	ck_fails(ok, &err, EF_E_INPUT, text);
}

START_TEST(damaged)
{
	uint8_t *h = add("a", '0', "content");

	h[0] = 'b';
	ck_assert(!ef_tar_is(tar, tar_len));
	fails("damaged at byte 0");
	h[0] = 'a';
	memcpy(h + 124, "77777777777", 11);
	tar_seal(h);
	fails("cut off");
	memset(h + 124, 0xff, 12); /* to base 256 */
	tar_seal(h);
	fails("damaged");
	memset(h + 124, 0, 12);
	h[124] = 0x80;
	h[135] = 7;
	tar_seal(h);
	tar_len = 512 + 7; /* unpadded at the end */
	{
		struct ef_tar t = open_tar();

		expect(&t, "a", true, "content");
		expect_end(&t);
	}
	setup();
	add("pax", 'x', "99 path=b\n");
	add("a", '0', "1");
	fails("extended header");
}
END_TEST

/* A ceiling on the number of entries: 512 bytes each make 100000 of them cheap. */
START_TEST(many)
{
	size_t count = EF_TAR_ENTRIES_MAX + 2;
	uint8_t *big = malloc(count * 512), *h = add("a", '0', "");
	struct ef_err err = EF_ERR_INIT;
	struct ef_tar_entry e;
	struct ef_tar t = { .data = big, .len = count * 512 };
	bool ok = true;

	ck_assert_ptr_nonnull(big);
	for (size_t i = 0; i < count; i++)
		memcpy(big + i * 512, h, 512);
	for (size_t i = 0; ok && i < EF_TAR_ENTRIES_MAX; i++)
		ok = ef_tar_next(&t, &e, &err);
	ck_ok(ok, &err);
	ck_fails(ef_tar_next(&t, &e, &err), &err, EF_E_INPUT, "more than 65536 entries");
	free(big);
}
END_TEST

/* ---- gzip ---- */

static size_t gzip(const uint8_t *data, size_t len, uint8_t *ret, size_t cap)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)len };

	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = ret;
	z.avail_out = (uInt)cap;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return cap - z.avail_out;
}

START_TEST(unpack)
{
	static uint8_t zeros[300000], packed[4096];
	struct ef_err err = EF_ERR_INIT;
	struct ef_buf buf = EF_BUF_INIT(sizeof(zeros));
	size_t len = gzip(zeros, sizeof(zeros), packed, sizeof(packed));

	/* exactly at the ceiling */
	ck_ok(ef_gunzip(packed, len, &buf, &err), &err);
	ck_assert_uint_eq(buf.len, sizeof(zeros));
	ef_buf_release(&buf);
	buf.max = sizeof(zeros) - 1;
	ck_fails(ef_gunzip(packed, len, &buf, &err), &err, EF_E_INPUT, "more than the limit");
	ef_buf_release(&buf);
	buf.max = sizeof(zeros);
	ck_fails(ef_gunzip(packed, len - 1, &buf, &err), &err, EF_E_INPUT, "damaged or cut off");
	ef_buf_release(&buf);
	packed[len - 6] ^= 1; /* the CRC */
	ck_fails(ef_gunzip(packed, len, &buf, &err), &err, EF_E_INPUT, "damaged or cut off");
	ef_buf_release(&buf);
	ck_fails(ef_gunzip(packed, 0, &buf, &err), &err, EF_E_INPUT, "damaged or cut off");
	ef_buf_release(&buf);
}
END_TEST

Suite *suite_tar(void);
Suite *suite_tar(void)
{
	Suite *s = suite_create("tar");
	TCase *t = tcase_create("tar");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, entries);
	tcase_add_test(t, long_names);
	tcase_add_test(t, outside);
	tcase_add_test(t, damaged);
	tcase_add_test(t, many);
	tcase_add_test(t, unpack);
	suite_add_tcase(s, t);
	return s;
}
