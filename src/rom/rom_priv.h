/* SPDX-License-Identifier: MIT */
/* What rom.c has for rom_ops.c beside the public exchange. */
#ifndef EF_ROM_ROM_PRIV_H
#define EF_ROM_ROM_PRIV_H

#include <espflash/rom.h>

#include "rom/rom_cmd.h"

/*
 * Wait for a MEM_END answer that may never come. *ret_answered false: silence,
 * or the greeting of the started code came instead (kept for the next reader).
 */
bool ef_rom_await_jump(struct ef_rom *rom, const struct ef_request *req, bool *ret_answered,
		       struct ef_err *err) EF_MUST_CHECK;

#endif
