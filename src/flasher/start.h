/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_START_H
#define EF_FLASHER_START_H

#include "flasher/flasher_priv.h"

/* Connect, load the stub, find the flash, change the rate. */
bool ef_session_start(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* The recovery rungs of a session. */
extern const struct ef_rungs ef_session_rungs;

#endif
