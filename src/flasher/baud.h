/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_BAUD_H
#define EF_FLASHER_BAUD_H

#include "flasher/flasher_priv.h"

enum ef_baud_result {
	EF_BAUD_OK,   /* both sides run at the new rate, or this port ignores rates */
	EF_BAUD_KEPT, /* both sides still run at the old rate; the user has been warned */
	EF_BAUD_LOST, /* the chip answers at neither rate: only a reset helps */
};
/*
 * Switch the chip and the host to rate_hz, then SYNC to prove that the rate works.
 * warns: tell the user why it does not.
 */
bool ef_baud_change(struct ef_flasher *f, uint32_t rate_hz, bool warns, enum ef_baud_result *ret,
		    struct ef_err *err) EF_MUST_CHECK;

/* Recovery rungs: see next_rate and slower in struct ef_rungs. */
uint32_t ef_baud_next(const struct ef_flasher *f);
bool ef_baud_slower(struct ef_flasher *f, uint32_t rate_hz, bool *ret,
		    struct ef_err *err) EF_MUST_CHECK;

#endif
