/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_PROOF_H
#define EF_FLASHER_PROOF_H

#include "flasher/flasher_priv.h"

/*
 * How much of a region the flash holds, by the chip's MD5: from *proved, which
 * is known to be right, up to written. *proved grows, also when it fails then.
 */
bool proof_find(struct ef_flasher *f, const struct ef_region *r, uint32_t *proved, uint32_t written,
		struct ef_err *err) EF_MUST_CHECK;

#endif
