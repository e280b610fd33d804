/* SPDX-License-Identifier: MIT */
/* Passes over long data, and how much of a mapped file they leave in memory. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/pass.h"
#include "base/util.h"
#include "mapped_file.h"

#define FILE_LEN (8u * EF_MIB)

static void ck_assert_bytes(const uint8_t *data, size_t len, const char *want)
{
	char hex[2 * EF_SHA256_LEN + 1];

	ck_assert_uint_le(len, EF_SHA256_LEN);
	ef_hex(hex, data, len);
	ck_assert_str_eq(hex, want);
}

/* Numerical Recipes' linear congruential generator; the highest byte of each number. */
static uint8_t *make_noise(size_t len)
{
	uint8_t *ret = malloc(len);

	ck_assert_ptr_nonnull(ret);
	for (uint32_t i = 0, x = 1; i < len; i++, x = x * 1664525u + 1013904223u)
		ret[i] = (uint8_t)(x >> 24);
	return ret;
}

/* The numbers are those of Python's hashlib and zlib for the same 700,001 bytes. */
START_TEST(digests_of_several_pieces)
{
	const size_t len = 700001;
	uint8_t *data = make_noise(len), md5[EF_MD5_LEN], sha1[EF_SHA1_LEN], sha256[EF_SHA256_LEN];

	ef_md5(data, len, md5);
	ck_assert_bytes(md5, sizeof(md5), "50266289b2c76b11fe405f4337639fa0");
	ef_sha1(data, len, sha1);
	ck_assert_bytes(sha1, sizeof(sha1), "0c34b52b763ea7b1ecf8c1f50523f6bfe0de84d8");
	ef_sha256(data, len, sha256);
	ck_assert_bytes(sha256, sizeof(sha256),
			"e90917287d41e70a7e4760f2bf8733bf4fbe498d92a41d8ae8f6b701cf2633ca");
	ck_assert_uint_eq(ef_crc32(data, len), 0x0b155ff8);
	free(data);
}
END_TEST

/* One byte that is not 0xff counts wherever it is; and memory of the heap keeps its content. */
START_TEST(blank_in_pieces)
{
	static const size_t at[] = { 0, 1, 262143, 262144, 262145, 524287, 524288, 699999 };
	const size_t len = 700000;
	uint8_t *data = malloc(len);

	ck_assert_ptr_nonnull(data);
	memset(data, 0xff, len);
	ck_assert(ef_is_blank(data, len));
	ck_assert(ef_is_blank(data, 0));
	for (size_t i = 0; i < EF_ARRAY_LEN(at); i++) {
		data[at[i]] = 0xfe;
		ck_assert_msg(!ef_is_blank(data, len), "byte %zu", at[i]);
		data[at[i]] = 0xff;
	}
	/* also behind a pass that came to the end */
	ck_assert(ef_is_blank(data, len));
	free(data);
}
END_TEST

static struct ef_map map_of_ff(void)
{
	uint8_t *data = malloc(FILE_LEN);
	struct ef_map map;

	ck_assert_ptr_nonnull(data);
	memset(data, 0xff, FILE_LEN);
	data[FILE_LEN - 1] = 0x12;
	map = map_file(data, FILE_LEN);
	free(data);
	return map;
}

START_TEST(pass_leaves_little)
{
	struct ef_map map = map_of_ff();
	uint8_t sha256[EF_SHA256_LEN];

	ck_assert(!ef_is_blank(map.data, map.len));
	ck_assert_int_le(resident_kib(&map), LEFT_KIB);
	ef_sha256(map.data, map.len, sha256);
	ck_assert_int_le(resident_kib(&map), LEFT_KIB);
	/* hashlib.sha256(b"\xff" * 8388607 + b"\x12") */
	ck_assert_bytes(sha256, sizeof(sha256),
			"7a137639f0ef8f087db8af8aa5d2241b240a13f4ceed858a1afd1e3a3f993f4b");
	ef_map_release(&map);
}
END_TEST

START_TEST(copy_maps_nothing)
{
	struct ef_map map = map_of_ff();
	uint8_t *copy = malloc(FILE_LEN), word[4];

	ck_assert_ptr_nonnull(copy);
	ef_map_copy(copy, map.data, FILE_LEN);
	ef_map_copy(word, map.data + FILE_LEN - 4, 4);
	ck_assert_int_le(resident_kib(&map), 0);
	ck_assert_mem_eq(copy, map.data, FILE_LEN);
	ck_assert_bytes(word, 4, "ffffff12");
	/* memory that is no map's is copied, too */
	ef_map_copy(word, "abcd", 4);
	ck_assert_bytes(word, 4, "61626364");
	ef_map_release(&map);
	free(copy);
}
END_TEST

Suite *suite_pass(void);
Suite *suite_pass(void)
{
	Suite *s = suite_create("pass");
	TCase *t = tcase_create("pass");

	tcase_add_test(t, digests_of_several_pieces);
	tcase_add_test(t, blank_in_pieces);
	tcase_add_test(t, pass_leaves_little);
	tcase_add_test(t, copy_maps_nothing);
	suite_add_tcase(s, t);
	return s;
}
