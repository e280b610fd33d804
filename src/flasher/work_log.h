/* SPDX-License-Identifier: MIT */
/* Notices resets of the chip in mid-work by their boot logs. */
#ifndef EF_FLASHER_WORK_LOG_H
#define EF_FLASHER_WORK_LOG_H

#include "flasher/flasher_priv.h"

/* Keep what the chip prints from now on. */
void ef_work_log_start(struct ef_flasher *f);
/*
 * An exchange failed. Count the loss by the reason in the boot log, and warn of a brown-out.
 * *ret_was_reset: a boot log came, so what answers now isn't the loader that was set up.
 */
bool ef_work_log_heard(struct ef_flasher *f, enum ef_heard heard, bool *ret_was_reset,
		       struct ef_err *err) EF_MUST_CHECK;
/* The work failed. If boot logs have the reason, replace *err by the verdict. */
void ef_work_log_explain(struct ef_flasher *f, struct ef_err *err);

#endif
