/* SPDX-License-Identifier: MIT */
/* Confirms answers that have no checksum, over a line that damages bytes. */
#ifndef EF_CLI_CONFIRM_H
#define EF_CLI_CONFIRM_H

#include <espflash/flasher.h>

/* Gets one more answer; ctx knows where to store it. */
typedef bool confirm_fn(void *ctx, void *ret, struct ef_err *err);
/*
 * Ask once, and where the line damages bytes until two answers in a row agree. len: at most 16
 * bytes. TIMEOUT: they never do; the content may change by itself.
 */
bool confirm(struct ef_flasher *f, confirm_fn *ask, void *ctx, void *ret, size_t len,
	     struct ef_err *err) EF_MUST_CHECK;
/* Do the same for an answer that has arrived already, in *ret, and that needs a second one. */
bool confirm_again(confirm_fn *ask, void *ctx, void *ret, size_t len,
		   struct ef_err *err) EF_MUST_CHECK;

/* A confirm_fn for the MD5 of a range of flash; its context. */
struct confirm_range {
	struct ef_flasher *f;
	uint32_t addr, len;
};
bool confirm_ask_md5(void *ctx, void *ret, struct ef_err *err) EF_MUST_CHECK;

#endif
