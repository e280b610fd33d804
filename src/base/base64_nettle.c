/* SPDX-License-Identifier: MIT */
#include <nettle/base64.h>

#include "base/base64.h"

bool ef_base64_decode(const char *text, size_t len, uint8_t *ret, size_t *ret_len)
{
	struct base64_decode_ctx ctx;

	*ret_len = len / 4 * 3; /* Nettle 3 only sets it */
	base64_decode_init(&ctx);
	/* Nettle also accepts a third '=', which leaves a group without a byte */
	return base64_decode_update(&ctx, ret_len, ret, len, text) && base64_decode_final(&ctx) &&
	       *ret_len + 2 >= len / 4 * 3;
}
