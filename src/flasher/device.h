/* SPDX-License-Identifier: MIT */
/* Identifies the chip and reads its properties into f->dev. */
#ifndef EF_FLASHER_DEVICE_H
#define EF_FLASHER_DEVICE_H

#include "flasher/flasher_priv.h"

/*
 * Find out which chip answers and whether it is in secure download mode. UNSUPP for an
 * unknown chip, USAGE for another one than the user named.
 */
bool ef_device_detect(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/*
 * Find out whether the chip talks through its own USB, choose block sizes accordingly,
 * and disable the watchdogs on USB-Serial/JTAG.
 */
bool ef_device_console(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/*
 * Compute the crystal's frequency from the divider that the loader chose for the present
 * rate. 0: the loader's clock hides it.
 */
bool ef_device_xtal(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Read revision, MAC and features, and the crystal unless it is known. */
bool ef_device_facts(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/*
 * Read the words that the facts came from once more, last word first: if the answers are late
 * by one request, each word gets another neighbour's value than before. *ret: all agree.
 */
bool ef_device_confirm(struct ef_flasher *f, bool *ret, struct ef_err *err) EF_MUST_CHECK;

#endif
