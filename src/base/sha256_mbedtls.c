/* SPDX-License-Identifier: MIT */
/* SHA-256 by Mbed TLS, for a build without Nettle. Names of 2.28 and 3.x: see hash.c. */
#include <assert.h>

#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#include "base/hash.h"

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_sha256 mbedtls_sha256_ret
#endif

void ef_sha256(const void *data, size_t len, uint8_t ret[EF_SHA256_LEN])
{
	/* Fails only if a hardware accelerator does. */
	int rc = mbedtls_sha256(data, len, ret, 0);

	assert(rc == 0);
	(void)rc;
}
