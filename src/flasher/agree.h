/* SPDX-License-Identifier: MIT */
/*
 * Answers with a register's value have no checksum. So a value that must be right is read again
 * until enough readings agree.
 */
#ifndef EF_FLASHER_AGREE_H
#define EF_FLASHER_AGREE_H

#include "flasher/flasher_priv.h"

struct ef_agree {
	/* Read again. nth: 0 for the first time. *ret: the reading agrees with the one before. */
	bool (*again)(void *ctx, unsigned nth, bool *ret, struct ef_err *err);
	/* Returns how many readings in a row must agree; called after each one. NULL: one. */
	unsigned (*wanted)(const struct ef_flasher *f);
	void *ctx;
	const struct ef_budget *budget; /* tries: how many readings at most */
};

/* *ret false: the budget is used up, and they still differ. */
bool ef_agree(const struct ef_flasher *f, const struct ef_agree *a, bool *ret,
	      struct ef_err *err) EF_MUST_CHECK;

#endif
