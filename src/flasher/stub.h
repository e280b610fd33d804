/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_STUB_H
#define EF_FLASHER_STUB_H

#include "flasher/flasher_priv.h"

/* Upload and start the stub, or stay with the ROM where rules or the build say so. */
bool ef_stub_start(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;

#endif
