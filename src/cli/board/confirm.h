/* SPDX-License-Identifier: MIT */
/* Confirms answers that have no checksum. */
#ifndef EF_CLI_CONFIRM_H
#define EF_CLI_CONFIRM_H

#include <espflash/flasher.h>

/* Gets one more answer; ctx knows where to store it. */
typedef bool confirm_fn(void *ctx, void *ret, struct ef_err *err);
/*
 * Ask until two answers in a row agree. len: at most 16 bytes. *ret_agrees false: they never do,
 * since the line damages them or the content changes by itself; *ret is the last one.
 */
bool confirm(confirm_fn *ask, void *ctx, void *ret, size_t len, bool *ret_agrees,
	     struct ef_err *err) EF_MUST_CHECK;
/* Fail, because no two answers agree. */
bool confirm_fail(struct ef_err *err);
/* Do the same for an answer that has arrived already, in *ret. TIMEOUT: no two agree. */
bool confirm_again(confirm_fn *ask, void *ctx, void *ret, size_t len,
		   struct ef_err *err) EF_MUST_CHECK;

/* A confirm_fn for the MD5 of a range of flash; its context. */
struct confirm_range {
	struct ef_flasher *f;
	uint32_t addr, len;
};
bool confirm_ask_md5(void *ctx, void *ret, struct ef_err *err) EF_MUST_CHECK;

#endif
