/* SPDX-License-Identifier: MIT */
/* Whether a reset had an effect; private to src/flasher. */
#ifndef EF_FLASHER_RESET_CHECK_H
#define EF_FLASHER_RESET_CHECK_H

#include <espflash/flasher.h>

/*
 * *ret: a loader answers a SYNC at this rate. The port gets its rate back. is_again: it answered
 * after an earlier reset, too. Then this waits longer, and an answer counts only if another
 * follows.
 */
bool reset_check_loader(struct ef_rom *rom, uint32_t rate_hz, bool is_again, bool *ret,
			struct ef_err *err) EF_MUST_CHECK;

/* What to do while EN is low. It returns at end_us, or the pulse gets longer. */
typedef bool reset_pulse_fn(void *ctx, struct ef_port *port, uint64_t end_us, struct ef_err *err);
/* Reset by a sequence of two steps or more: the last releases EN, and the one before it waits. */
bool reset_with_pulse(const struct ef_reset *reset, struct ef_port *port, reset_pulse_fn *pulse,
		      void *ctx, struct ef_err *err) EF_MUST_CHECK;

/* Resets once and judges. ret: the caller's own result; is_again: after a reset in vain. */
typedef bool reset_once_fn(const struct ef_reset_try *how, struct ef_rom *rom, bool is_again,
			   void *ret, enum ef_reset_effect *ret_effect, struct ef_err *err);
/*
 * If a reset is in vain, give a short pulse its full length, and then try the other polarity, which
 * stays if that helps.
 */
bool reset_either_way(const struct ef_reset_try *how, struct ef_rom *rom, reset_once_fn *once,
		      void *ret, enum ef_reset_effect *ret_effect,
		      struct ef_err *err) EF_MUST_CHECK;

#endif
