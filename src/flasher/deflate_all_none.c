/* SPDX-License-Identifier: MIT */
/* Replaces deflate_all.c in a build without libdeflate. */
#include <stddef.h>

#include "flasher/deflate_all.h"

bool ef_deflate_all_can(uint32_t len)
{
	(void)len;
	return false;
}

bool ef_deflate_all(const uint8_t *data, uint32_t len, uint8_t **ret, uint32_t *ret_len)
{
	(void)data;
	(void)len;
	*ret = NULL;
	*ret_len = 0;
	return false;
}
