/* SPDX-License-Identifier: MIT */
/* Gets a part of the flash from the loader. What arrives is checked by the caller. */
#ifndef EF_FLASHER_READ_PART_H
#define EF_FLASHER_READ_PART_H

#include "flasher/flasher_priv.h"

/* The most that a stub sends in a frame (esp-flasher-stub v1.1.0, command_handler.c) */
#define EF_READ_PACKET 4096u

struct read_part {
	uint32_t addr, len;
	uint32_t packet; /* stub: bytes of a packet, EF_READ_PACKET at most */
	uint8_t *buf;    /* len bytes */
	/* the bytes [from, to) of buf came in one undamaged frame */
	void (*arrived)(void *ctx, uint32_t from, uint32_t to);
	void *ctx;
	unsigned packets, damaged; /* out, stub: how many were sent, how many came damaged */
	bool is_in_doubt; /* out, stub: the request was not answered, so it may have erased */
};

/*
 * Read through a stub. True: the stub's MD5 of the bytes that it sent matches. It does not prove
 * that they are from the right address. A damaged packet ends the stream only if most packets are
 * damaged.
 */
bool read_part_stub(struct ef_flasher *f, struct read_part *p, struct ef_err *err) EF_MUST_CHECK;
/* Read through a ROM. True: everything came, but nothing was compared. */
bool read_part_rom(struct ef_flasher *f, struct read_part *p, struct ef_err *err) EF_MUST_CHECK;

#endif
