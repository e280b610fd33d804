/* SPDX-License-Identifier: MIT */
/*
 * Knows how often to repeat a request whose answer has no checksum: the first byte that a line
 * damages may be one of that answer.
 */
#include "cli/board/confirm.h"

#include <string.h>

/* Enough tries for two answers to agree if the line damages every second exchange. */
#define TRIES 8u

bool confirm_fail(struct ef_err *err)
{
	return ef_fail(err, EF_E_TIMEOUT, "the line damages bytes, and no two answers agree");
}

static bool again(confirm_fn *ask, void *ctx, void *ret, size_t len, bool *ret_agrees,
		  struct ef_err *err)
{
	uint8_t before[16];

	*ret_agrees = false;
	for (unsigned i = 0; !*ret_agrees && i < TRIES; i++) {
		memcpy(before, ret, len);
		if (!ask(ctx, ret, err))
			return false;
		*ret_agrees = memcmp(before, ret, len) == 0;
	}
	return true;
}

bool confirm_again(confirm_fn *ask, void *ctx, void *ret, size_t len, struct ef_err *err)
{
	bool agrees;

	return again(ask, ctx, ret, len, &agrees, err) && (agrees || confirm_fail(err));
}

bool confirm(confirm_fn *ask, void *ctx, void *ret, size_t len, bool *ret_agrees,
	     struct ef_err *err)
{
	return ask(ctx, ret, err) && again(ask, ctx, ret, len, ret_agrees, err);
}

bool confirm_ask_md5(void *ctx, void *ret, struct ef_err *err)
{
	const struct confirm_range *r = ctx;

	return ef_flasher_md5(r->f, r->addr, r->len, ret, err);
}
