/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_CONNECT_H
#define EF_FLASHER_CONNECT_H

#include "flasher/flasher_priv.h"

/*
 * Reset and SYNC until a loader answers, and set rom.loader accordingly. When time
 * or attempts run out, the error carries the code and the words of the diagnosis.
 */
bool ef_connect_loop(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* The chip answered SYNC, then fell silent: keep what its boot log says for the diagnosis. */
void ef_connect_lost(struct ef_flasher *f);
/*
 * Replace the error by a verdict on why the chip fell silent, if the logs that
 * ef_connect_lost kept allow one. Otherwise leave the error alone. Always false.
 */
bool ef_connect_lost_fail(struct ef_flasher *f, struct ef_err *err);

#endif
