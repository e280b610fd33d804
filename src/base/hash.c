/* SPDX-License-Identifier: MIT */
/*
 * MD5 and SHA-1 by Mbed TLS, CRC by zlib. Mbed TLS 2.28 names the one-shot functions
 * that return int mbedtls_..._ret; 3.x drops the suffix.
 */
#include <assert.h>
#include <limits.h>

#include <mbedtls/md5.h>
#include <mbedtls/sha1.h>
#include <mbedtls/version.h>
#include <zlib.h>

#include "base/hash.h"

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_md5        mbedtls_md5_ret
#define mbedtls_sha1       mbedtls_sha1_ret
#define mbedtls_md5_starts mbedtls_md5_starts_ret
#define mbedtls_md5_update mbedtls_md5_update_ret
#define mbedtls_md5_finish mbedtls_md5_finish_ret
#endif

void ef_md5(const void *data, size_t len, uint8_t ret[EF_MD5_LEN])
{
	/* Fails only if a hardware accelerator does. */
	int rc = mbedtls_md5(data, len, ret);

	assert(rc == 0);
	(void)rc;
}

#define PIECE ((size_t)256 << 10)

void ef_md5_pieces(const void *data, size_t len, void (*done)(void *user), void *user,
		   uint8_t ret[EF_MD5_LEN])
{
	const uint8_t *p = data;
	mbedtls_md5_context md5;
	int rc;

	mbedtls_md5_init(&md5);
	rc = mbedtls_md5_starts(&md5);
	for (size_t at = 0, n; rc == 0 && at < len; at += n) {
		n = len - at < PIECE ? len - at : PIECE;
		rc = mbedtls_md5_update(&md5, p + at, n);
		if (done)
			done(user);
	}
	if (rc == 0)
		rc = mbedtls_md5_finish(&md5, ret);
	mbedtls_md5_free(&md5);
	assert(rc == 0);
}

void ef_sha1(const void *data, size_t len, uint8_t ret[EF_SHA1_LEN])
{
	int rc = mbedtls_sha1(data, len, ret);

	assert(rc == 0);
	(void)rc;
}

uint32_t ef_crc32(const void *data, size_t len)
{
	const Bytef *p = data;
	uLong crc = crc32(0, NULL, 0);

	while (len > 0) {
		uInt n = len > UINT_MAX ? UINT_MAX : (uInt)len;

		crc = crc32(crc, p, n);
		p += n;
		len -= n;
	}
	return (uint32_t)crc;
}
