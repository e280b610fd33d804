/* SPDX-License-Identifier: MIT */
/* Resets of the chip in mid-work, by their boot logs. */
#ifndef EF_FLASHER_WORK_LOG_H
#define EF_FLASHER_WORK_LOG_H

#include "flasher/flasher_priv.h"

/* Keep what the chip prints from now on. */
void ef_work_log_start(struct ef_flasher *f);
/*
 * An exchange failed. If no loader answered, hear a boot log out, count the loss by its reason,
 * and tell of a brown-out.
 */
bool ef_work_log_heard(struct ef_flasher *f, bool is_silent, struct ef_err *err) EF_MUST_CHECK;
/* The work failed. If boot logs say why, replace *err by the verdict. */
void ef_work_log_explain(struct ef_flasher *f, struct ef_err *err);

#endif
