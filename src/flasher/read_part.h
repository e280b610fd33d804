/* SPDX-License-Identifier: MIT */
/* Gets a part of the flash from the loader. What arrives is checked by the caller. */
#ifndef EF_FLASHER_READ_PART_H
#define EF_FLASHER_READ_PART_H

#include "flasher/flasher_priv.h"

/* The most that a stub sends in a frame (esp-flasher-stub v1.1.0, command_handler.c) */
#define EF_READ_PACKET 4096u

struct read_part {
	uint32_t addr, len;
	uint8_t *buf; /* len bytes */
	/* out, on failure too: this many bytes from the start came in undamaged frames */
	uint32_t got;
	/* called with each frame; may be NULL */
	void (*arrived)(void *ctx, uint32_t got);
	void *ctx;
};

/*
 * By a stub. True: its MD5 of what it sent agrees, which says nothing about the address that it
 * read from. Packets have at most packet bytes.
 */
bool read_part_stub(struct ef_flasher *f, struct read_part *p, uint32_t packet,
		    struct ef_err *err) EF_MUST_CHECK;
/* By a ROM. True: everything came, and nothing was compared. */
bool read_part_rom(struct ef_flasher *f, struct read_part *p, struct ef_err *err) EF_MUST_CHECK;

#endif
