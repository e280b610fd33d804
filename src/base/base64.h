/* SPDX-License-Identifier: MIT */
/* base64, from the library that computes the digests: base64_nettle.c or base64_mbedtls.c. */
#ifndef EF_BASE_BASE64_H
#define EF_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decode RFC 4648 with padding. len: a multiple of 4; ret has room for len / 4 * 3 bytes. False: it
 * is not base64. Blanks and line ends may pass: a caller that forbids them must look for them.
 */
bool ef_base64_decode(const char *text, size_t len, uint8_t *ret, size_t *ret_len);

#endif
