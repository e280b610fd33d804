/* SPDX-License-Identifier: MIT */
/*
 * Compresses content into a zlib stream of blocks. There is room for two blocks, so that
 * the caller can make one while the other is on the wire.
 */
#ifndef EF_FLASHER_PACKER_H
#define EF_FLASHER_PACKER_H

#include <zlib.h>

#include "base/util.h"

struct packer {
	z_stream deflate;
	z_stream inflate; /* inflates the same blocks, to learn how much content each one holds */
	uint8_t *room;    /* space for two blocks; owned */
	/* the whole stream if it was made at once: then room is not used; owned */
	uint8_t *whole;
	uint32_t whole_len, whole_pos;
	uint8_t *block; /* the present block, in room or whole */
	uint32_t len;   /* bytes in block; 0: the stream has ended */
	bool is_open, is_ended;
	bool is_even; /* no short block at the end; set it before the stream is opened */
};

/*
 * Begin a stream for len bytes of data, which must stay valid, and make its first block of at most
 * cap bytes. The last block of many is short if the length of the stream is known, unless is_even
 * is set. Call pack_close even if this fails.
 */
bool pack_open(struct packer *p, const uint8_t *data, uint32_t len, uint32_t cap,
	       struct ef_err *err) EF_MUST_CHECK;
/* Do the same with a zlib stream that was made already. Takes it over, even on failure. */
bool pack_open_made(struct packer *p, uint8_t *stream, uint32_t len, uint32_t cap,
		    struct ef_err *err) EF_MUST_CHECK;
/*
 * Make the next block, of at most cap bytes: the same cap as for pack_open. The present
 * block stays valid until the call after this one.
 */
void pack_next(struct packer *p, uint32_t cap);
/*
 * Return the bytes of content in the present block, which the chip must write. Call once per block.
 */
uint32_t pack_content(struct packer *p);
/* Return an upper bound for the compressed size of len bytes. */
uint32_t pack_bound(struct packer *p, uint32_t len);
/*
 * Return the bytes for which to allow a stub time: its erases while it writes this much content
 * count, too.
 */
uint32_t pack_work(uint32_t content_len);
void pack_close(struct packer *p);

/* Return to about how many percent this content shrinks on the way to a stub. */
unsigned pack_percent(const uint8_t *data, uint32_t len);

#endif
