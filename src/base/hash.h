/* SPDX-License-Identifier: MIT */
/* MD5, SHA-1, SHA-256 and CRC-32. hash_nettle.c or hash_mbedtls.c computes the digests. */
#ifndef EF_BASE_HASH_H
#define EF_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EF_MD5_LEN    16
#define EF_SHA1_LEN   20
#define EF_SHA256_LEN 32

void ef_md5(const void *data, size_t len, uint8_t ret[EF_MD5_LEN]);
/* For files that name it; nothing here relies on it. */
void ef_sha1(const void *data, size_t len, uint8_t ret[EF_SHA1_LEN]);
void ef_sha256(const void *data, size_t len, uint8_t ret[EF_SHA256_LEN]);
/* The digest of the pieces that next finds, until it returns false. */
typedef bool ef_next_fn(void *user, const uint8_t **ret, size_t *ret_len);
void ef_sha256_pieces(ef_next_fn *next, void *user, uint8_t ret[EF_SHA256_LEN]);
uint32_t ef_crc32(const void *data, size_t len);

#endif
