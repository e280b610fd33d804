/* SPDX-License-Identifier: MIT */
/* A reset that interrupts a stub; private to src/flasher. */
#ifndef EF_FLASHER_RESET_STREAM_H
#define EF_FLASHER_RESET_STREAM_H

#include <espflash/flasher.h>

enum stream_end {
	STREAM_NONE, /* the stub sent nothing, so nothing is known */
	STREAM_CUT,  /* its packet broke off: the reset worked */
	STREAM_WHOLE /* its packet went on: the reset seems to have had no effect */
};
/*
 * Reset a chip while its stub sends a packet of flash. The chip is reset even if the stub sends
 * nothing. The port keeps its rate.
 */
bool reset_in_stream(struct ef_rom *rom, const struct ef_reset *reset, enum stream_end *ret,
		     struct ef_err *err) EF_MUST_CHECK;

#endif
