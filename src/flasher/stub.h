/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_STUB_H
#define EF_FLASHER_STUB_H

#include "flasher/flasher_priv.h"

/*
 * Upload the stub and start it, unless one already runs. Stays with the ROM if the user
 * wants that, if the chip can't run a stub, or if the build has no image.
 */
bool ef_stub_start(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;

#endif
