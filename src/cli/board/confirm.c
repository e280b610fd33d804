/* SPDX-License-Identifier: MIT */
/*
 * Knows how often to repeat a request whose answer has no checksum, over a line that damages bytes.
 */
#include "cli/board/confirm.h"

#include <string.h>

/* Enough tries for two answers to agree if the line damages every second exchange. */
#define TRIES 8u

bool confirm_again(confirm_fn *ask, void *ctx, void *ret, size_t len, struct ef_err *err)
{
	uint8_t before[16];

	for (unsigned i = 0; i < TRIES; i++) {
		memcpy(before, ret, len);
		if (!ask(ctx, ret, err))
			return false;
		if (memcmp(before, ret, len) == 0)
			return true;
	}
	return ef_fail(err, EF_E_TIMEOUT, "the line damages bytes, and no two answers agree");
}

bool confirm(struct ef_flasher *f, confirm_fn *ask, void *ctx, void *ret, size_t len,
	     struct ef_err *err)
{
	return ask(ctx, ret, err) &&
	       (!ef_flasher_line_damages(f) || confirm_again(ask, ctx, ret, len, err));
}

bool confirm_ask_md5(void *ctx, void *ret, struct ef_err *err)
{
	const struct confirm_range *r = ctx;

	return ef_flasher_md5(r->f, r->addr, r->len, ret, err);
}
