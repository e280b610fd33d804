/* SPDX-License-Identifier: MIT */
/*
 * Functions by which recovery tells climb.c how well the present rate works. The functions for
 * callers are in recover.h.
 */
#ifndef EF_FLASHER_CLIMB_H
#define EF_FLASHER_CLIMB_H

#include "flasher/flasher_priv.h"

/* This many bytes of content passed without a fault: this may confirm a try. */
void ef_climb_passed(struct ef_flasher *f, uint32_t content);
/* The work leaves the rate was_hz for a slower one. A try has failed. */
void ef_climb_leaves(struct ef_flasher *f, uint32_t was_hz);

#endif
