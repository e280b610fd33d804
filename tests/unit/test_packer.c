/* SPDX-License-Identifier: MIT */
/*
 * The stream of blocks that a stub gets: zlib's own inflate makes the content of it again,
 * whether it was compressed as a whole or, beyond 2 MiB, block by block.
 */
#include <check.h>
#include <stdlib.h>

#include "ck_ef.h"
#include "flasher/ahead.h"
#include "flasher/deflate_all.h"
#include "flasher/packer.h"

#define BLOCK 0x4000u

static uint8_t *make(uint32_t len, int kind)
{
	uint8_t *data = malloc(len + 1);
	uint32_t x = 7;

	ck_assert_ptr_nonnull(data);
	for (uint32_t i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		data[i] = kind == 0 ? 0xff : kind == 1 ? (uint8_t)(x >> 24) : (uint8_t)(i >> 5);
	}
	return data;
}

/* Collects the blocks, and checks what the packer says about each. */
static uint32_t collect(struct packer *p, uint8_t *stream, uint32_t cap, uint32_t *ret_content)
{
	uint32_t len = 0;

	*ret_content = 0;
	while (p->len) {
		const uint8_t *block = p->block;
		uint32_t block_len = p->len;

		ck_assert_uint_le(p->len, BLOCK);
		ck_assert_uint_le(len + p->len, cap);
		memcpy(stream + len, p->block, p->len);
		len += p->len;
		*ret_content += pack_content(p);
		pack_next(p, BLOCK);
		/* it may still be on the wire while the next one is made */
		ck_assert_mem_eq(block, stream + len - block_len, block_len);
	}
	return len;
}

START_TEST(blocks_are_a_zlib_stream_of_the_content)
{
	static const uint32_t lens[] = { 1, 4096, 70000, 0x93000, (2u << 20) - 1, (2u << 20) + 1 };
	uint32_t len = lens[_i / 3], cap = len + len / 100 + 4096, n, content, bound;
	uint8_t *data = make(len, _i % 3), *stream = malloc(cap), *again = malloc(len + 1);
	uLongf again_len = len + 1;
	struct packer p = { 0 };
	struct ef_err err = EF_ERR_INIT;

	ck_assert(stream && again);
	ck_ok(pack_open(&p, data, len, BLOCK, &err), &err);
	ck_assert(p.is_open);
	bound = pack_bound(&p, len);
	n = collect(&p, stream, cap, &content);
	ck_assert_uint_le(n, bound);
	ck_assert_uint_eq(content, len);
	ck_assert_int_eq(uncompress(again, &again_len, stream, n), Z_OK);
	ck_assert_uint_eq(again_len, len);
	ck_assert_mem_eq(again, data, len);
	pack_close(&p);
	ck_assert(!p.is_open);
	pack_close(&p);
	free(data);
	free(stream);
	free(again);
}
END_TEST

/*
 * The last block of many is at most a quarter of the others where the stream's length is known. All
 * of them are as long as they can be if the caller wants it so.
 */
START_TEST(short_block_at_the_end)
{
	static const uint32_t lens[] = { 3, 0x3f00, 0x4100, 0x5100, 0x9000, 70000, 70001, 300000 };
	uint32_t len = lens[_i / 2], n = 0, size[64];
	uint8_t *data = make(len, 1);
	struct packer p = { .is_even = _i % 2 };
	bool is_short = !p.is_even && ef_deflate_all_can(len);
	struct ef_err err = EF_ERR_INIT;

	ck_ok(pack_open(&p, data, len, BLOCK, &err), &err);
	for (; p.len; pack_next(&p, BLOCK))
		size[n++] = p.len;
	ck_assert_uint_ge(n, 1);
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_uint_le(size[i], i && i == n - 1 && is_short ? BLOCK / 4 : BLOCK);
		if (i + 1 < n && !(i + 2 == n && is_short))
			ck_assert_uint_eq(size[i], BLOCK);
	}
	pack_close(&p);
	free(data);
}
END_TEST

/* The caller's buffer changes meanwhile; the stream is that of the content at the start. */
START_TEST(a_stream_made_ahead_is_that_of_the_content)
{
	uint32_t len = 70000, n;
	uint8_t *data = make(len, 2), *was = make(len, 2), *stream = NULL, *again = malloc(len);
	const struct ef_region likely = { 0x10000, data, len, "app" };
	struct ef_ahead *a = ef_ahead_start(&likely);
	uLongf again_len = len;

	ck_assert_ptr_nonnull(again);
	memset(data, 0x5a, len);
	if (!ef_deflate_all_can(len)) {
		ck_assert_ptr_null(a);
	} else {
		ck_assert(!ef_ahead_take(a, was, len - 4, &stream, &n));
		ck_assert(!ef_ahead_take(a, data, len, &stream, &n));
		n = 0;
		ck_assert(ef_ahead_take(a, was, len, &stream, &n));
		ck_assert_uint_gt(n, 0);
		ck_assert_uint_lt(n, len + 100);
		ck_assert_int_eq(uncompress(again, &again_len, stream, n), Z_OK);
		ck_assert_uint_eq(again_len, len);
		ck_assert_mem_eq(again, was, len);
		ck_assert(!ef_ahead_take(a, was, len, &stream, &n));
	}
	ef_ahead_free(a);
	free(stream);
	free(again);
	free(was);
	free(data);
}
END_TEST

START_TEST(nothing_is_made_ahead_without_content_or_beyond_the_limit)
{
	uint32_t len = (2u << 20) + 1;
	uint8_t *data = make(len, 0);
	const struct ef_region likely[] = { { 0, data, 0, "" },
					    { 0, data, len, "" },
					    { 0, data, 5, "" } };

	ck_assert_ptr_null(ef_ahead_start(NULL));
	ck_assert_ptr_null(ef_ahead_start(&likely[0]));
	ck_assert_ptr_null(ef_ahead_start(&likely[1]));
	ef_ahead_free(ef_ahead_start(&likely[2])); /* it is never taken */
	free(data);
}
END_TEST

Suite *suite_packer(void);
Suite *suite_packer(void)
{
	Suite *s = suite_create("packer");
	TCase *t = tcase_create("packer");

	tcase_add_loop_test(t, short_block_at_the_end, 0, 16);
	tcase_add_loop_test(t, blocks_are_a_zlib_stream_of_the_content, 0, 18);
	tcase_add_test(t, a_stream_made_ahead_is_that_of_the_content);
	tcase_add_test(t, nothing_is_made_ahead_without_content_or_beyond_the_limit);
	suite_add_tcase(s, t);
	return s;
}
