/* SPDX-License-Identifier: MIT */
/* Which chip answers, and what it tells of itself. */
#ifndef EF_FLASHER_DEVICE_H
#define EF_FLASHER_DEVICE_H

#include "flasher/flasher_priv.h"

/* Which chip it is, and whether it is in secure download mode. */
bool ef_device_detect(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Which USB console this is, and what follows from it; watchdogs off on USB-Serial/JTAG. */
bool ef_device_console(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Revision, MAC, crystal, features. Before the rate changes: the crystal is measured with it. */
bool ef_device_facts(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;

#endif
