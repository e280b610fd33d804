/* SPDX-License-Identifier: MIT */
#ifndef EF_FLASHER_BAUD_H
#define EF_FLASHER_BAUD_H

#include "flasher/flasher_priv.h"

/* Return whether the rate matters: USB consoles and raw sockets ignore it. */
bool ef_baud_has_rate(const struct ef_flasher *f);

enum ef_baud_result {
	EF_BAUD_OK,   /* both sides run at the new rate, or this port ignores rates */
	EF_BAUD_KEPT, /* both sides still run at the old rate; the user has been warned */
	EF_BAUD_LOST, /* the chip answers at neither rate: only a reset helps */
};
/*
 * Switch the chip and the host to rate_hz, then SYNC to prove that the rate works.
 * warns: tell the user why it does not.
 */
bool ef_baud_change(struct ef_flasher *f, uint32_t rate_hz, bool warns, enum ef_baud_result *ret,
		    struct ef_err *err) EF_MUST_CHECK;
/*
 * Judges the end of an attempt to change the rate (ok: it did not fail). A fault of the line means
 * that the chip is lost, most likely to the new rate: *err is cleared, and *ret is LOST. False: any
 * other error.
 */
bool ef_baud_attempt(const struct ef_flasher *f, bool ok, enum ef_baud_result *ret,
		     struct ef_err *err) EF_MUST_CHECK;

/*
 * Take the plan's rate, if it is higher than the present one. For a rate of our own choice:
 * prove it, or try the next lower one. LOST: the plan has a lower rate now; reset the chip.
 */
bool ef_baud_raise(struct ef_flasher *f, enum ef_baud_result *ret,
		   struct ef_err *err) EF_MUST_CHECK;
/* *ret: the chip answers several SYNCs, and no byte of the answers is lost or damaged. */
bool ef_baud_prove(struct ef_flasher *f, bool *ret, struct ef_err *err) EF_MUST_CHECK;
/* Plan this rate. For one of our own choice: only if a reset is known to work on this board. */
void ef_baud_plan(struct ef_flasher *f);
/* The plan's rate is too fast: plan the next lower one. */
void ef_baud_lower(struct ef_flasher *f);

/* Note that the line is bad above this rate. A rate of our own choice stays at or below it. */
void ef_baud_cap(struct ef_flasher *f, uint32_t rate_hz);

/* Recovery rungs: see next_rate, slower, faster_rate and faster in struct ef_rungs. */
uint32_t ef_baud_next(const struct ef_flasher *f);
bool ef_baud_slower(struct ef_flasher *f, uint32_t rate_hz, bool *ret,
		    struct ef_err *err) EF_MUST_CHECK;
uint32_t ef_baud_next_faster(const struct ef_flasher *f);
bool ef_baud_faster(struct ef_flasher *f, uint32_t rate_hz, bool *ret,
		    struct ef_err *err) EF_MUST_CHECK;

#endif
