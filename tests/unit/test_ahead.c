/* SPDX-License-Identifier: MIT */
/* Content that is compressed while the board is being connected: only the right one is used. */
#include <pthread.h>
#include <sys/resource.h>
#include <zlib.h>

#include "flasher/ahead.h"
#include "flasher/deflate_all.h"
#include "work_rig.h"

#define LEN_MAX (2u << 20) /* as docs/performance.md says */

static struct ef_ahead *start(const uint8_t *data, uint32_t len)
{
	const struct ef_region region = { 0, data, len, "app" };

	return ef_ahead_start(&region);
}

/* Inflates the stream, compares it with the content and frees it. */
static void check_stream(uint8_t *stream, uint32_t stream_len, const uint8_t *data, uint32_t len)
{
	uint8_t *out = malloc(len);
	uLongf out_len = len;

	ck_assert_ptr_nonnull(out);
	ck_assert_ptr_nonnull(stream);
	ck_assert_int_eq(uncompress(out, &out_len, stream, stream_len), Z_OK);
	ck_assert_uint_eq(out_len, len);
	ck_assert_mem_eq(out, data, len);
	free(out);
	free(stream);
}

/* AddressSanitizer ends a process whose memory is limited. */
#if defined(__SANITIZE_ADDRESS__)
#define MAY_LIMIT 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MAY_LIMIT 0
#endif
#endif
#ifndef MAY_LIMIT
#define MAY_LIMIT 1
#endif

static void *nothing(void *ctx)
{
	return ctx;
}

/* The system has no room for a thread's stack: the session goes on without one. */
START_TEST(thread_that_does_not_start)
{
	static const uint8_t data[4096] = { 1, 2, 3 };
	struct rlimit was, low;
	struct ef_ahead *a;
	pthread_t thread;
	bool starts;

	if (!MAY_LIMIT)
		return;
	ck_assert_int_eq(getrlimit(RLIMIT_AS, &was), 0);
	low = was;
	low.rlim_cur = 1 << 20; /* less than the process has: small blocks come from its heap */
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &low), 0);
	starts = pthread_create(&thread, NULL, nothing, NULL) == 0;
	a = start(data, sizeof(data));
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &was), 0);
	if (starts) /* on a stack that an earlier thread has left */
		ck_assert_int_eq(pthread_join(thread, NULL), 0);
	else
		ck_assert_ptr_null(a);
	if (starts)
		ef_ahead_free(a);
}
END_TEST

START_TEST(stream_of_this_content)
{
	static const uint32_t lens[] = { 1, 4, 5, 4096, 4097, 70001 };
	uint32_t len = lens[_i], padded = ef_div_up(len, 4) * 4, stream_len = 0;
	uint8_t *data = work_content(padded, true), *stream = NULL;
	struct ef_ahead *a;

	/* flash is programmed in words, so content is padded to whole ones */
	memset(data + len, 0xff, padded - len);
	data[len - 1] = 7;
	a = start(data, len);
	if (!ef_deflate_all_can(len)) {
		ck_assert_ptr_null(a);
		free(data);
		return;
	}
	ck_assert_ptr_nonnull(a);
	ck_assert(ef_ahead_take(a, data, padded, &stream, &stream_len));
	check_stream(stream, stream_len, data, padded);
	/* it is given away once */
	ck_assert(!ef_ahead_take(a, data, padded, &stream, &stream_len));
	ef_ahead_free(a);
	free(data);
}
END_TEST

/* The copy is the library's: the caller may change the content meanwhile. */
START_TEST(another_content_is_not_given)
{
	uint8_t *data = work_content(8192, true), *stream = NULL, *was = malloc(8192);
	uint32_t stream_len = 0;
	struct ef_ahead *a = start(data, 8192);

	ck_assert_ptr_nonnull(was);
	memcpy(was, data, 8192);
	if (a) {
		data[5000] ^= 1;
		ck_assert(!ef_ahead_take(a, data, 8192, &stream, &stream_len));
		ck_assert(!ef_ahead_take(a, was, 8188, &stream, &stream_len));
		ck_assert_ptr_null(stream);
		ck_assert(ef_ahead_take(a, was, 8192, &stream, &stream_len));
		check_stream(stream, stream_len, was, 8192);
	}
	ef_ahead_free(a);
	free(data);
	free(was);
}
END_TEST

/* Nobody asked for it: it is dropped with the session. */
START_TEST(stream_that_nobody_takes)
{
	uint8_t *data = work_content(8192, true);

	ef_ahead_free(start(data, 8192));
	ef_ahead_free(NULL);
	free(data);
}
END_TEST

/* Erasing leaves 0xff: what is blank at the end is not sent. */
START_TEST(blank_end_is_left_out)
{
	uint8_t *data = work_content(8192, true), *stream = NULL;
	uint32_t stream_len = 0;
	struct ef_ahead *a;

	memset(data + 6000, 0xff, 8192 - 6000);
	data[5999] = 7;
	a = start(data, 8192);
	if (a) {
		ck_assert(!ef_ahead_take(a, data, 8192, &stream, &stream_len));
		ck_assert(ef_ahead_take(a, data, 6000, &stream, &stream_len));
		check_stream(stream, stream_len, data, 6000);
	}
	ef_ahead_free(a);
	free(data);
}
END_TEST

START_TEST(what_is_not_compressed_as_a_whole)
{
	uint8_t *data = calloc(1, LEN_MAX + 1), *stream = data;
	uint32_t stream_len = 7;
	struct ef_ahead *a;

	ck_assert_ptr_nonnull(data);
	ck_assert_ptr_null(ef_ahead_start(NULL));
	ck_assert_ptr_null(start(data, 0));
	ck_assert_ptr_null(start(data, LEN_MAX + 1));
	ck_assert(!ef_ahead_take(NULL, data, 4, &stream, &stream_len));
	ck_assert(!ef_deflate_all_can(LEN_MAX + 1));
	ck_assert(!ef_deflate_all(data, LEN_MAX + 1, &stream, &stream_len));
	ck_assert_ptr_null(stream);
	ck_assert_uint_eq(stream_len, 0);
	if (ef_deflate_all_can(1)) {
		ck_assert(ef_deflate_all_can(LEN_MAX));
		ck_assert(ef_deflate_all(data, LEN_MAX, &stream, &stream_len));
		check_stream(stream, stream_len, data, LEN_MAX);
		a = start(data, LEN_MAX);
		ck_assert_ptr_nonnull(a);
		ef_ahead_free(a);
	}
	free(data);
}
END_TEST

/* It pays: the stream is shorter than zlib's best. */
START_TEST(stream_is_shorter_than_zlibs)
{
	uint8_t *data = work_content(65536, false), *stream = NULL, *other;
	uLongf other_len = compressBound(65536);
	uint32_t stream_len = 0;

	for (uint32_t i = 0; i < 65536; i++)
		data[i] &= i % 3 ? 0x0f : 0x31;
	other = malloc(other_len);
	ck_assert_ptr_nonnull(other);
	ck_assert_int_eq(compress2(other, &other_len, data, 65536, 9), Z_OK);
	if (ef_deflate_all(data, 65536, &stream, &stream_len)) {
		ck_assert_uint_lt(stream_len, other_len);
		check_stream(stream, stream_len, data, 65536);
	}
	free(other);
	free(data);
}
END_TEST

Suite *suite_ahead(void);
Suite *suite_ahead(void)
{
	Suite *s = suite_create("ahead");
	TCase *t = tcase_create("ahead");

	tcase_add_test(t, thread_that_does_not_start); /* the first, so there is no old stack */
	tcase_add_loop_test(t, stream_of_this_content, 0, 6);
	tcase_add_test(t, another_content_is_not_given);
	tcase_add_test(t, stream_that_nobody_takes);
	tcase_add_test(t, blank_end_is_left_out);
	tcase_add_test(t, what_is_not_compressed_as_a_whole);
	tcase_add_test(t, stream_is_shorter_than_zlibs);
	suite_add_tcase(s, t);
	return s;
}
