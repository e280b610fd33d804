/* SPDX-License-Identifier: MIT */
#include <mbedtls/base64.h>

#include "base/base64.h"

bool ef_base64_decode(const char *text, size_t len, uint8_t *ret, size_t *ret_len)
{
	return mbedtls_base64_decode(ret, len / 4 * 3, ret_len, (const uint8_t *)text, len) == 0;
}
