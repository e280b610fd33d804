/* SPDX-License-Identifier: MIT */
/* MD5 and SHA-256 over Mbed TLS, CRC-32 over zlib: one narrow door to both. */
#ifndef EF_BASE_HASH_H
#define EF_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define EF_MD5_LEN    16
#define EF_SHA256_LEN 32

void ef_md5(const void *data, size_t len, uint8_t ret[EF_MD5_LEN]);
void ef_sha256(const void *data, size_t len, uint8_t ret[EF_SHA256_LEN]);
uint32_t ef_crc32(const void *data, size_t len);

#endif
