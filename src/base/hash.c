/* SPDX-License-Identifier: MIT */
/*
 * Computes the CRC by zlib, and SHA-256 of data in memory. hash_nettle.c or hash_mbedtls.c has the
 * digests.
 */
#include <zlib.h>

#include "base/hash.h"
#include "base/pass.h"

static bool next_piece(void *user, const uint8_t **ret, size_t *ret_len)
{
	return ef_pass_next(user, ret, ret_len);
}

void ef_sha256(const void *data, size_t len, uint8_t ret[EF_SHA256_LEN])
{
	struct ef_pass pass = { data, len, 0, 0 };

	ef_sha256_pieces(next_piece, &pass, ret);
}

uint32_t ef_crc32(const void *data, size_t len)
{
	struct ef_pass pass = { data, len, 0, 0 };
	uLong crc = crc32(0, NULL, 0);
	const uint8_t *p;
	size_t n;

	while (ef_pass_next(&pass, &p, &n))
		crc = crc32(crc, p, (uInt)n);
	return (uint32_t)crc;
}
