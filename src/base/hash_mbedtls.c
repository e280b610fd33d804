/* SPDX-License-Identifier: MIT */
/*
 * Digests by Mbed TLS, for a build without Nettle. 2.28 names the functions that return int
 * mbedtls_..._ret; 3.x drops the suffix.
 */
#include <assert.h>

#include <mbedtls/md5.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#include "base/hash.h"
#include "base/pass.h"

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_md5_starts    mbedtls_md5_starts_ret
#define mbedtls_md5_update    mbedtls_md5_update_ret
#define mbedtls_md5_finish    mbedtls_md5_finish_ret
#define mbedtls_sha1_starts   mbedtls_sha1_starts_ret
#define mbedtls_sha1_update   mbedtls_sha1_update_ret
#define mbedtls_sha1_finish   mbedtls_sha1_finish_ret
#define mbedtls_sha256_starts mbedtls_sha256_starts_ret
#define mbedtls_sha256_update mbedtls_sha256_update_ret
#define mbedtls_sha256_finish mbedtls_sha256_finish_ret
#endif

/* They fail only if a hardware accelerator does. */
static void check(int rc)
{
	assert(rc == 0);
	(void)rc;
}

void ef_md5(const void *data, size_t len, uint8_t ret[EF_MD5_LEN])
{
	struct ef_pass pass = { data, len, 0, 0 };
	mbedtls_md5_context md5;
	const uint8_t *p;
	size_t n;

	mbedtls_md5_init(&md5);
	check(mbedtls_md5_starts(&md5));
	while (ef_pass_next(&pass, &p, &n))
		check(mbedtls_md5_update(&md5, p, n));

	check(mbedtls_md5_finish(&md5, ret));
	mbedtls_md5_free(&md5);
}

void ef_sha1(const void *data, size_t len, uint8_t ret[EF_SHA1_LEN])
{
	struct ef_pass pass = { data, len, 0, 0 };
	mbedtls_sha1_context sha1;
	const uint8_t *p;
	size_t n;

	mbedtls_sha1_init(&sha1);
	check(mbedtls_sha1_starts(&sha1));
	while (ef_pass_next(&pass, &p, &n))
		check(mbedtls_sha1_update(&sha1, p, n));
	check(mbedtls_sha1_finish(&sha1, ret));
	mbedtls_sha1_free(&sha1);
}

void ef_sha256_pieces(ef_next_fn *next, void *user, uint8_t ret[EF_SHA256_LEN])
{
	mbedtls_sha256_context sha256;
	const uint8_t *p;
	size_t n;

	mbedtls_sha256_init(&sha256);
	check(mbedtls_sha256_starts(&sha256, 0));
	while (next(user, &p, &n))
		check(mbedtls_sha256_update(&sha256, p, n));
	check(mbedtls_sha256_finish(&sha256, ret));
	mbedtls_sha256_free(&sha256);
}
