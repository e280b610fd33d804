/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_PROOF_H
#define EF_FLASHER_PROOF_H

#include "base/hash.h"
#include "flasher/flasher_priv.h"

/*
 * Find out how much of a region the flash holds. *proved: bytes that are known to be
 * right; the search covers the bytes from there up to written, and raises *proved in
 * whole sectors, or to the region's end. It keeps what it has proved even if it fails.
 */
bool proof_find(struct ef_flasher *f, const struct ef_region *r, uint32_t *proved, uint32_t written,
		struct ef_err *err) EF_MUST_CHECK;
/* *ret: whether erased flash of this length has this digest. */
bool proof_is_blank(const uint8_t md5[EF_MD5_LEN], uint32_t len, bool *ret,
		    struct ef_err *err) EF_MUST_CHECK;
/* *ret: whether the range is erased. */
bool proof_is_erased(struct ef_flasher *f, uint32_t addr, uint32_t len, bool *ret,
		     struct ef_err *err) EF_MUST_CHECK;

#endif
