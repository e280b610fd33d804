/* SPDX-License-Identifier: MIT */
/* Whether a reset had an effect; private to src/flasher. */
#ifndef EF_FLASHER_RESET_CHECK_H
#define EF_FLASHER_RESET_CHECK_H

#include <espflash/flasher.h>

/* *ret: a loader answers a SYNC at this rate. The port gets its rate back. */
bool reset_check_loader(struct ef_rom *rom, uint32_t rate_hz, bool *ret,
			struct ef_err *err) EF_MUST_CHECK;

#endif
