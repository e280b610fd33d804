/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_CHECK_H
#define EF_FLASHER_CHECK_H

#include "flasher/flasher_priv.h"

/* Accepts NULL. */
void ef_checked_free(struct ef_checked *c);

#endif
