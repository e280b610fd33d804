/* SPDX-License-Identifier: MIT */
/*
 * Zip archives: bytes made by Info-ZIP's zip 3.0 ("zip -X", one entry stored, one deflated), and
 * the same bytes with any one of them changed.
 */
#include <check.h>
#include <stdlib.h>

#include "base/unzip.h"
#include "ck_ef.h"

#define CONTENT_LEN 200u

static const uint8_t archive[] = {
	0x50, 0x4b, 0x03, 0x04, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x60, 0x21, 0x50, 0x1f,
	0x5c, 0xc3, 0x9d, 0xc8, 0x00, 0x00, 0x00, 0xc8, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00,
	0x61, 0x2f, 0x6e, 0x6f, 0x69, 0x73, 0x65, 0x3d, 0xe9, 0x9c, 0xed, 0x0c, 0xdb, 0x5c, 0x0d,
	0x11, 0xfb, 0xf9, 0x88, 0x73, 0x8c, 0x9a, 0xc7, 0xc7, 0x6b, 0x79, 0xda, 0x5c, 0x7b, 0x17,
	0xbf, 0xd5, 0x5b, 0x2d, 0xfb, 0x1f, 0x74, 0x74, 0x1b, 0x1d, 0x9f, 0xc5, 0x15, 0x9b, 0xed,
	0x44, 0x97, 0x5a, 0x50, 0x83, 0xb6, 0x4f, 0x28, 0xdf, 0xa0, 0x61, 0xff, 0x7c, 0x2d, 0x40,
	0xeb, 0x96, 0x7e, 0x2c, 0x6f, 0x2d, 0x00, 0xb1, 0xc2, 0x25, 0x8b, 0xbd, 0xe2, 0x5f, 0x68,
	0xa3, 0xd4, 0x80, 0x7b, 0xc9, 0xf5, 0x53, 0xe2, 0x35, 0x46, 0xf3, 0xb7, 0x35, 0x0d, 0x4b,
	0xd3, 0xc2, 0x35, 0x82, 0xc1, 0x6a, 0x54, 0x5a, 0x34, 0xde, 0x34, 0xad, 0xb3, 0x70, 0x44,
	0x86, 0x56, 0x19, 0x62, 0x77, 0xc0, 0xdc, 0xc6, 0x3b, 0xaf, 0x95, 0x13, 0xbe, 0xd2, 0x90,
	0xda, 0x0e, 0xbf, 0x6f, 0xfe, 0xe9, 0x32, 0x48, 0xd9, 0xcf, 0xfc, 0xf3, 0x07, 0xe2, 0x3d,
	0xfb, 0x3d, 0xec, 0xd5, 0xa5, 0x8f, 0x5f, 0x2f, 0x06, 0x02, 0x22, 0xc3, 0x16, 0x5d, 0x7d,
	0xfe, 0x30, 0x8d, 0x81, 0x68, 0x89, 0x0e, 0xad, 0x3c, 0x71, 0x2e, 0xbf, 0xbf, 0x6e, 0x1d,
	0xe9, 0x15, 0x96, 0x27, 0xd8, 0x5f, 0xa3, 0x76, 0x44, 0x57, 0xae, 0x4d, 0x03, 0xc9, 0x8f,
	0x99, 0xc3, 0x88, 0x49, 0x34, 0xf4, 0xca, 0x07, 0x53, 0x84, 0x0f, 0x86, 0xe8, 0x6d, 0xeb,
	0x01, 0xfd, 0x3e, 0x6e, 0xef, 0x3f, 0x22, 0xf1, 0x23, 0x54, 0x08, 0x8a, 0x50, 0x4b, 0x03,
	0x04, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x60, 0x21, 0x50, 0xbd, 0x23, 0x28, 0x0f,
	0x1f, 0x00, 0x00, 0x00, 0xc8, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x61, 0x2f, 0x72,
	0x6f, 0x77, 0x73, 0x5d, 0xc1, 0xa7, 0x01, 0x00, 0x20, 0x00, 0x00, 0x20, 0xf7, 0xfe, 0xff,
	0x5e, 0x8b, 0x45, 0x20, 0x84, 0x5f, 0x44, 0x42, 0x46, 0x41, 0x45, 0x43, 0xc7, 0xc0, 0xc4,
	0xc2, 0xc6, 0x79, 0x2e, 0x50, 0x4b, 0x01, 0x02, 0x1e, 0x03, 0x0a, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x60, 0x21, 0x50, 0x1f, 0x5c, 0xc3, 0x9d, 0xc8, 0x00, 0x00, 0x00, 0xc8, 0x00,
	0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xa4,
	0x81, 0x00, 0x00, 0x00, 0x00, 0x61, 0x2f, 0x6e, 0x6f, 0x69, 0x73, 0x65, 0x50, 0x4b, 0x01,
	0x02, 0x1e, 0x03, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x60, 0x21, 0x50, 0xbd, 0x23,
	0x28, 0x0f, 0x1f, 0x00, 0x00, 0x00, 0xc8, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xa4, 0x81, 0xed, 0x00, 0x00, 0x00, 0x61, 0x2f,
	0x72, 0x6f, 0x77, 0x73, 0x50, 0x4b, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x02,
	0x00, 0x69, 0x00, 0x00, 0x00, 0x30, 0x01, 0x00, 0x00, 0x00, 0x00,
};

/* What was put into the files. */
static uint8_t content(size_t file, uint32_t at)
{
	uint32_t x = 7;

	for (uint32_t i = 0; i <= at; i++)
		x = x * 1664525u + 1013904223u;
	return file == 0 ? (uint8_t)(x >> 24) : (uint8_t)(at >> 4);
}

static bool read_all(const uint8_t *data, size_t len, bool *ret_right)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_unzip zip = { 0 };
	bool ok = ef_unzip_open(&zip, data, len, 8, &err);

	*ret_right = ok && zip.count == 2;
	for (size_t i = 0; ok && i < zip.count; i++) {
		size_t size = 0;
		uint8_t *out = NULL;

		ok = ef_unzip_size(&zip, i, 100000, &size, &err);
		out = ok ? malloc(size + 1u) : NULL;
		ok = out && ef_unzip_read(&zip, i, out, size, &err);
		*ret_right = *ret_right && ok && size == CONTENT_LEN;
		for (uint32_t at = 0; *ret_right && at < size; at++)
			*ret_right = out[at] == content(i, at);
		free(out);
	}
	ef_unzip_close(&zip);
	return ok;
}

START_TEST(entries_are_read)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_unzip zip = { 0 };
	bool right;

	ck_ok(ef_unzip_open(&zip, archive, sizeof(archive), 2, &err), &err);
	ck_assert_uint_eq(zip.count, 2);
	ck_assert_str_eq(ef_unzip_name(&zip, 0), "a/noise");
	ck_assert_str_eq(ef_unzip_name(&zip, 1), "a/rows");
	ef_unzip_close(&zip);
	ck_assert(read_all(archive, sizeof(archive), &right));
	ck_assert(right);
}
END_TEST

START_TEST(ceilings_hold)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_unzip zip = { 0 };
	size_t size;

	ck_assert(!ef_unzip_open(&zip, archive, sizeof(archive), 1, &err));
	ck_assert_int_eq(err.code, EF_E_INPUT);
	ef_err_clear(&err);
	ef_unzip_close(&zip);
	ck_ok(ef_unzip_open(&zip, archive, sizeof(archive), 2, &err), &err);
	ck_ok(ef_unzip_size(&zip, 1, CONTENT_LEN, &size, &err), &err);
	ck_assert(!ef_unzip_size(&zip, 1, CONTENT_LEN - 1, &size, &err));
	ck_assert_int_eq(err.code, EF_E_INPUT);
	ef_unzip_close(&zip);
}
END_TEST

/* Content is right or refused, whatever is damaged. The malloc lets a sanitizer see each overrun.
 */
START_TEST(damage_is_found)
{
	bool right;

	for (size_t len = 1; len < sizeof(archive); len++) {
		uint8_t *cut = malloc(len);

		memcpy(cut, archive, len);
		ck_assert_msg(!read_all(cut, len, &right), "%zu bytes", len);
		free(cut);
	}
	for (size_t i = 0; i < sizeof(archive); i++) {
		uint8_t *bad = malloc(sizeof(archive));

		memcpy(bad, archive, sizeof(archive));
		for (unsigned bit = 0; bit < 8; bit++) {
			bad[i] = (uint8_t)(archive[i] ^ 1u << bit);
			if (read_all(bad, sizeof(archive), &right))
				ck_assert_msg(right, "byte %zu, bit %u", i, bit);
		}
		free(bad);
	}
}
END_TEST

/* Records for an archive's end that claim nine entries (PKWARE's APPNOTE.TXT, 4.3.14 to 4.3.16). */
static const uint8_t end64[] = {
	/* clang-format off */
	0x50, 0x4b, 0x06, 0x06, 44, 0, 0, 0, 0, 0, 0, 0, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	9, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0,
	0x69, 0, 0, 0, 0, 0, 0, 0, 0x30, 1, 0, 0, 0, 0, 0, 0,
	/* the locator: the record above is at 0x199 */
	0x50, 0x4b, 0x06, 0x07, 0, 0, 0, 0, 0x99, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
	/* the old record, which leaves the number to the other one, and a comment */
	0x50, 0x4b, 0x05, 0x06, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x69, 0, 0, 0, 0x30, 1, 0, 0,
	2, 0, 'h', 'i',
	/* clang-format on */
};

/* A claim of too many entries is refused before the directory is read, which has two. */
START_TEST(claims_are_enough)
{
	uint8_t zip[sizeof(archive) + sizeof(end64)];
	struct ef_err err = EF_ERR_INIT;
	struct ef_unzip z = { 0 };

	memcpy(zip, archive, sizeof(archive));
	zip[sizeof(archive) - 12] = zip[sizeof(archive) - 14] = 9;
	ck_fails(ef_unzip_open(&z, zip, sizeof(archive), 8, &err), &err, EF_E_INPUT,
		 "more than 8 entries");
	ck_assert_uint_eq(sizeof(archive) - 22, 0x199);
	memcpy(zip + sizeof(archive) - 22, end64, sizeof(end64));
	ck_fails(ef_unzip_open(&z, zip, sizeof(archive) - 22 + sizeof(end64), 8, &err), &err,
		 EF_E_INPUT, "more than 8 entries");
	ef_unzip_close(&z);
}
END_TEST

/* Entries that libzip calls damaged: their extra fields have one byte. */
static size_t put_entries(uint8_t *zip, size_t count)
{
	for (size_t i = 0; i < count; i++)
		memcpy(zip + i * 47,
		       "PK\1\2\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		       "\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0x",
		       47);
	return count * 47;
}

/* The end record of a directory at 0 of this length, which claims to have no entries. */
static size_t put_end(uint8_t *at, size_t len)
{
	memcpy(at, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
	at[12] = (uint8_t)len;
	at[13] = (uint8_t)(len >> 8);
	return 22;
}

/* libzip reads all entries that are there, once for each end record: it took minutes for 100 kB. */
START_TEST(entries_beyond_the_claim_are_counted)
{
	uint8_t zip[9 * 47 + 300 * 22];
	struct ef_err err = EF_ERR_INIT;
	struct ef_unzip z = { 0 };
	size_t len = put_entries(zip, 8), dir = len;

	len += put_end(zip + len, dir);
	ck_fails(ef_unzip_open(&z, zip, len, 8, &err), &err, EF_E_INPUT, "damaged");
	len = dir = put_entries(zip, 9);
	len += put_end(zip + len, dir);
	ck_fails(ef_unzip_open(&z, zip, len, 8, &err), &err, EF_E_INPUT, "more than 8 entries");
	/* an end record before the last one */
	len += put_end(zip + len, 0);
	ck_fails(ef_unzip_open(&z, zip, len, 8, &err), &err, EF_E_INPUT, "more than 8 entries");
	/* each reads the same few entries */
	len = dir = put_entries(zip, 3);
	for (unsigned i = 0; i < 3; i++)
		len += put_end(zip + len, dir);
	ck_fails(ef_unzip_open(&z, zip, len, 8, &err), &err, EF_E_INPUT, "more than 8 entries");
	ck_fails(ef_unzip_open(&z, zip, len, 9, &err), &err, EF_E_INPUT, "damaged");
	/* and none */
	len = 0;
	for (unsigned i = 0; i < 300; i++)
		len += put_end(zip + len, 0);
	ck_fails(ef_unzip_open(&z, zip, len, 8, &err), &err, EF_E_INPUT, "more than 8 entries");
	ef_unzip_close(&z);
}
END_TEST

Suite *suite_unzip(void);
Suite *suite_unzip(void)
{
	Suite *s = suite_create("unzip");
	TCase *t = tcase_create("unzip");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, entries_are_read);
	tcase_add_test(t, ceilings_hold);
	tcase_add_test(t, claims_are_enough);
	tcase_add_test(t, entries_beyond_the_claim_are_counted);
	tcase_add_test(t, damage_is_found);
	suite_add_tcase(s, t);
	return s;
}
