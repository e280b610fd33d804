/* SPDX-License-Identifier: MIT */
#include "base/pass.h"

#include "base/util.h"

#define PIECE (256 * EF_KIB)

bool ef_pass_next(struct ef_pass *pass, const uint8_t **ret, size_t *ret_len)
{
	size_t left = pass->len - pass->passed;

	/* shorter data may be read again soon, and does not count */
	if (pass->piece == PIECE)
		ef_map_passed(pass->data + pass->passed - PIECE, PIECE);
	pass->piece = left < PIECE ? left : PIECE;
	if (pass->piece == 0)
		return false;
	*ret = pass->data + pass->passed;
	*ret_len = pass->piece;
	pass->passed += pass->piece;
	return true;
}

bool ef_is_blank(const uint8_t *data, size_t len)
{
	struct ef_pass pass = { data, len, 0, 0 };
	const uint8_t *p;
	size_t n;

	while (ef_pass_next(&pass, &p, &n))
		/* if each byte equals its neighbour, all equal the first */
		if (p[0] != 0xff || memcmp(p, p + 1, n - 1) != 0)
			return false;
	return true;
}
