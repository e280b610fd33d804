/* SPDX-License-Identifier: MIT */
/* Finds out whether a slower rate helps; for recover.c and climb.c. */
#ifndef EF_FLASHER_BLAME_H
#define EF_FLASHER_BLAME_H

#include "flasher/flasher_priv.h"

/* A fault came that the line may have caused. */
void blame_fault(struct ef_flasher *f);
/* The work was at rate_hz until now. */
void blame_count(struct ef_flasher *f, uint32_t rate_hz);
/* Return whether slower rates did not help, so that the rate is not to blame. */
bool blame_is_cleared(struct ef_flasher *f);

#endif
