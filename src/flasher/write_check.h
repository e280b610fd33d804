/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_WRITE_CHECK_H
#define EF_FLASHER_WRITE_CHECK_H

#include "flasher/flasher_priv.h"

/* INPUT or UNSUPP where these regions can't be written as they are. Nothing is sent. */
bool ef_write_check(const struct ef_flasher *f, const struct ef_region *regions, size_t count,
		    struct ef_err *err) EF_MUST_CHECK;

#endif
