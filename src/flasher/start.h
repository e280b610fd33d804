/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_START_H
#define EF_FLASHER_START_H

#include "flasher/flasher_priv.h"

/* Connect, load the stub, find the flash, change the rate. */
bool ef_session_start(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* The recovery rungs of a session. */
extern const struct ef_rungs ef_session_rungs;

/*
 * Make the user's timeout the port's limit: it bounds all of connecting, whatever a peer sends.
 * Clear it when the session is ready, or has failed.
 */
void ef_session_set_limit(struct ef_flasher *f);
void ef_session_clear_limit(struct ef_flasher *f);

#endif
