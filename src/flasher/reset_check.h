/* SPDX-License-Identifier: MIT */
/* Whether a reset had an effect; private to src/flasher. */
#ifndef EF_FLASHER_RESET_CHECK_H
#define EF_FLASHER_RESET_CHECK_H

#include <espflash/flasher.h>

/* *ret: a loader answers a SYNC at this rate. The port gets its rate back. */
bool reset_check_loader(struct ef_rom *rom, uint32_t rate_hz, bool *ret,
			struct ef_err *err) EF_MUST_CHECK;

/* Resets once and judges. ret is the caller's result; *ret_in_vain: a loader answers as before. */
typedef bool reset_once_fn(const struct ef_reset_try *how, struct ef_rom *rom, void *ret,
			   bool *ret_in_vain, struct ef_err *err);
/*
 * If a reset is in vain, give a short pulse its full length, and then try the other polarity, which
 * stays if that helps.
 */
bool reset_either_way(const struct ef_reset_try *how, struct ef_rom *rom, reset_once_fn *once,
		      void *ret, struct ef_err *err) EF_MUST_CHECK;

#endif
