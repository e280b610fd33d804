/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_WRITE_CHECK_H
#define EF_FLASHER_WRITE_CHECK_H

#include "flasher/flasher_priv.h"

/*
 * Check that these regions can be written together. Sends nothing. INPUT: misaligned,
 * past the end of the flash, or overlapping. UNSUPP: the ROM can't address a region.
 * Also fails like ef_flash_check.
 */
bool ef_write_check(const struct ef_flasher *f, const struct ef_region *regions, size_t count,
		    struct ef_err *err) EF_MUST_CHECK;

#endif
