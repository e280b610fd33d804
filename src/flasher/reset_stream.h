/* SPDX-License-Identifier: MIT */
/* A reset that interrupts a stub; private to src/flasher. */
#ifndef EF_FLASHER_RESET_STREAM_H
#define EF_FLASHER_RESET_STREAM_H

#include <espflash/flasher.h>

enum stream_end {
	STREAM_NONE, /* not tried: the chip was not reset */
	STREAM_CUT,  /* the packet broke off: the reset worked */
	STREAM_DOUBT /* it did not, or never began: the stub may still be sending */
};
/*
 * Resets a chip while its stub sends a packet of flash, where the line is fast and prompt enough
 * for that. The port keeps its rate.
 */
bool reset_in_stream(struct ef_rom *rom, const struct ef_reset *reset, enum stream_end *ret,
		     struct ef_err *err) EF_MUST_CHECK;

#endif
