/* SPDX-License-Identifier: MIT */
/* A stretch of content as a zlib stream in blocks; one is made while another is on its way. */
#ifndef EF_FLASHER_PACKER_H
#define EF_FLASHER_PACKER_H

#include <zlib.h>

#include "base/util.h"

struct packer {
	z_stream deflate;
	z_stream inflate; /* over the same blocks, to know how much content each one holds */
	uint8_t *room;    /* for two blocks; owned */
	uint8_t *block;   /* the present block, in room */
	uint32_t len;     /* bytes in it; 0: there are no more */
	bool is_open, is_ended;
};

/* Begin a stream of len bytes at data, and make its first block. Close it in any case. */
bool pack_open(struct packer *p, const uint8_t *data, uint32_t len, uint32_t cap,
	       struct ef_err *err) EF_MUST_CHECK;
/* Make the next block, of at most cap bytes. The present one stays valid until the one after. */
void pack_next(struct packer *p, uint32_t cap);
/* How many content bytes the present block yields: the chip's work. Once a block. */
uint32_t pack_content(struct packer *p);
/* The most that a stream of len bytes takes compressed. */
uint32_t pack_bound(struct packer *p, uint32_t len);
void pack_close(struct packer *p);

#endif
