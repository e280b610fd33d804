/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_CONNECT_H
#define EF_FLASHER_CONNECT_H

#include "flasher/flasher_priv.h"

/* Until a loader answers SYNC; sets rom.loader. TIMEOUT with a diagnosis. */
bool ef_connect_loop(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* The chip answered SYNC and fell silent: what its log, if any, says is added up ... */
void ef_connect_lost(struct ef_flasher *f);
/* ... and told as a verdict, where it is one. Always false; else the error stays as it is. */
bool ef_connect_lost_fail(struct ef_flasher *f, struct ef_err *err);

#endif
