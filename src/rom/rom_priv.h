/* SPDX-License-Identifier: MIT */
/* The functions that rom.c has for the other files of this folder in addition to the public ones.
 */
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

/*
 * Send a request twice, with one delimiter between: a stub takes one of them, in step or not, and
 * changes its step.
 */
bool rom_send_in_any_step(struct ef_rom *rom, const struct ef_request *req,
			  struct ef_err *err) EF_MUST_CHECK;

/* The time by which a reply to the last request must come: its bytes need time on the wire. */
uint64_t ef_rom_reply_deadline(const struct ef_rom *rom, uint32_t timeout_ms);

#endif
