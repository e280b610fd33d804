/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_BAUD_H
#define EF_FLASHER_BAUD_H

#include "flasher/flasher_priv.h"

enum ef_baud_result {
	EF_BAUD_OK,   /* both sides run at the new rate, or a rate means nothing here */
	EF_BAUD_KEPT, /* refused: both still run at the old one; the user has been warned */
	EF_BAUD_LOST, /* the chip answers at neither: only a reset helps */
};
/* Change the rate of both sides and try it. */
bool ef_baud_change(struct ef_flasher *f, uint32_t rate_hz, enum ef_baud_result *ret,
		    struct ef_err *err) EF_MUST_CHECK;

/* Rungs; see struct ef_rungs. */
uint32_t ef_baud_next(const struct ef_flasher *f);
bool ef_baud_slower(struct ef_flasher *f, uint32_t rate_hz, bool *ret,
		    struct ef_err *err) EF_MUST_CHECK;

#endif
