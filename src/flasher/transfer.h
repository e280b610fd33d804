/* SPDX-License-Identifier: MIT */
/* Transfers one region to flash. Private to flash_*.c and ahead.c. */
#ifndef EF_FLASHER_TRANSFER_H
#define EF_FLASHER_TRANSFER_H

#include "base/hash.h"
#include "flasher/diff.h"
#include "flasher/flasher_priv.h"
#include "flasher/packer.h"

struct transfer {
	struct ef_flasher *f;
	const struct ef_region *region;
	const struct ef_write_opts *opts;
	bool encrypts;         /* the loader encrypts what it writes */
	struct ef_spans spans; /* what must be written */
	struct packer packer;  /* used with a stub only */
	uint8_t md5[EF_MD5_LEN];
	bool is_again;      /* a try failed */
	bool is_begun;      /* a BEGIN was sent: the region's flash may have changed */
	bool is_in_doubt;   /* a try failed since then: ask the chip what the flash holds now */
	uint32_t from, to;  /* the stretch of content that the present BEGIN covers */
	bool is_blank;      /* that stretch needs only an erase */
	uint32_t window;    /* longest stretch for one BEGIN; 0: no limit */
	uint32_t written;   /* content bytes that the chip acknowledged */
	uint32_t sent;      /* bytes of payload on the wire, compressed if a stub answers */
	uint32_t proved;    /* content bytes that the chip's MD5 has proved right */
	uint32_t failed_at; /* proved at the last MD5 mismatch, plus 1; 0: no mismatch yet */
	uint32_t shown; /* the highest progress that an event reported, plus 1; 0: none so far */
};

/* Write the content from t->from to t->to with one BEGIN. */
bool transfer_stretch(struct transfer *t, struct ef_err *err) EF_MUST_CHECK;
/* Erase the flash from t->from to t->to, and no more. */
bool transfer_blank(struct transfer *t, struct ef_err *err) EF_MUST_CHECK;
/*
 * Return how many of these bytes to send: the 0xff at their end is left out, because erasing leaves
 * it there. Content that the loader encrypts is sent whole, because 0xff becomes other bytes. A
 * stub erases up to the end of the sector in which the announced content ends, so that must be the
 * last sector. A ROM erases what BEGIN announces, and accepts less than that.
 */
uint32_t transfer_content_len(const uint8_t *data, uint32_t len, bool by_stub);
/* Return the length after a failure, and after a success. */
uint32_t transfer_shrink(uint32_t len, uint32_t least);
uint32_t transfer_grow(uint32_t len, uint32_t most);
/* A bad line is more likely to damage long pieces: send shorter ones until no more faults occur. */
void transfer_shrink_piece(struct ef_flasher *f);
void transfer_grow_piece(struct ef_flasher *f);
/*
 * Return whether the written content is compared with the flash: the caller must want it, and the
 * chip must permit it.
 */
bool transfer_verifies(const struct transfer *t);
/* After a failure: add what the flash holds now to the message. Always false. */
bool transfer_explain(const struct transfer *t, struct ef_err *err);
/* Report how much content is written. The reported number never falls. */
void transfer_show(struct transfer *t, uint32_t done);

#endif
