/* SPDX-License-Identifier: MIT */
/* The functions that rom.c has for rom_ops.c in addition to the public exchange. */
#ifndef EF_ROM_ROM_PRIV_H
#define EF_ROM_ROM_PRIV_H

#include <espflash/rom.h>

#include "rom/rom_cmd.h"

/*
 * Wait for a MEM_END answer that may never come. Silence is a success, and so is the greeting
 * of the started code, which is kept for the next reader.
 */
bool ef_rom_await_jump(struct ef_rom *rom, const struct ef_request *req,
		       struct ef_err *err) EF_MUST_CHECK;

#endif
