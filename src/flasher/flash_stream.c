/* SPDX-License-Identifier: MIT */
/*
 * Sends a stretch of content to the loader, as one compressed stream or as plain
 * blocks. Knows what the loader acknowledges when, and how a damaged block is repeated
 * within its stream.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#include "flasher/ahead.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"
#include "flasher/transfer.h"

/* Context of the step that announces a stream. The request has no checksum. */
struct beginning {
	struct ef_flasher *f;
	const struct ef_flash_begin *begin;
};

static bool begin_step(void *ctx, struct ef_err *err)
{
	struct beginning *b = ctx;

	return ef_rom_flash_begin(&b->f->rom, b->begin, err);
}

static bool begin(struct transfer *t, uint32_t content, struct ef_err *err)
{
	bool is_deflated = t->packer.is_open;
	uint32_t len = is_deflated ? content : t->to - t->from;
	uint32_t most = is_deflated ? pack_bound(&t->packer, len) : len;
	const struct ef_flash_begin begin = {
		/* a stub wants the exact size; the ROM counts sectors itself */
		.size = len,
		.blocks = ef_div_up(most, t->f->form.flash_block),
		.block_size = t->f->form.flash_block,
		.addr = t->region->addr + t->from,
		.deflate = is_deflated,
		.has_encrypt_word = t->f->form.has_encrypt_word || t->encrypts,
		.encrypt = t->encrypts,
	};

	struct beginning b = { .f = t->f, .begin = &begin };
	struct ef_try once = { .work = EF_WORK_BEGIN, .step = begin_step, .ctx = &b };

	/* even if BEGIN fails or its answer gets lost, the chip may have erased something */
	t->is_begun = true;
	return ef_try(t->f, &once, err);
}

static void count(struct transfer *t, uint32_t content, uint32_t payload)
{
	t->written += content;
	t->sent += payload;
	ef_recover_passed(t->f, content);
	ef_map_passed(t->region->data, t->written < t->region->len ? t->written : t->region->len);
	transfer_show(t, t->written);
}

/* Context of the step that sends a block. A loader refuses a damaged block and ignores its data. */
struct block {
	struct transfer *t;
	const uint8_t *data;
	uint32_t len;
	uint32_t work; /* bytes that the chip may still have to erase or write before it answers */
	uint32_t seq;
	uint32_t content; /* uncompressed bytes in the block; computed after sending it */
	bool was_damaged;
	bool is_next_made; /* the packer holds the next block already */
};

static void block_again(void *ctx, const struct ef_err *cause)
{
	struct block *b = ctx;

	ef_log(EF_LOG_DEBUG, "%s: sending it again", cause->msg);
	b->was_damaged = true;
	transfer_shrink_piece(b->t->f);
}

/* Send the next piece of the block. The first call compresses the next block meanwhile. */
static bool packed_step(void *ctx, struct ef_err *err)
{
	struct block *b = ctx;
	struct ef_flasher *f = b->t->f;
	struct packer *p = &b->t->packer;
	uint32_t piece = f->recovery.piece, part = piece && piece < b->len ? piece : b->len;
	uint8_t head[EF_DATA_HEAD_SIZE];
	struct ef_request req;
	struct ef_reply reply;

	ef_rom_flash_data_request(&req, head, true, b->seq, b->data, part, 0, b->work);
	if (!ef_rom_send(&f->rom, &req, err))
		return false;
	if (!b->is_next_made) {
		b->is_next_made = true;
		b->content = pack_content(p);
		pack_next(p, f->form.flash_block);
	}
	if (!ef_exchange_receive(f, &req, &reply, err))
		return false;
	b->data += part;
	b->len -= part;
	b->seq++;
	return true;
}

static bool send_block(struct block *b, struct ef_err *err)
{
	struct ef_flasher *f = b->t->f;

	while (b->len) {
		struct ef_try t = {
			.work = EF_WORK_BLOCK, .step = packed_step, .again = block_again, .ctx = b
		};

		if (!ef_try(f, &t, err))
			return false;
	}
	if (!b->was_damaged && f->recovery.piece)
		transfer_grow_piece(f);
	return true;
}

/*
 * Send the stretch to a stub. The stub answers a block only after its work on the block before.
 * *work, 0 at first: the bytes that the stub may still have to write after the last answer.
 */
static bool send_packed(struct transfer *t, uint32_t *work, struct ef_err *err)
{
	struct packer *p = &t->packer;
	uint32_t seq = 0;

	while (p->len) {
		uint32_t len = p->len;
		struct block b = {
			.t = t, .data = p->block, .len = len, .work = *work, .seq = seq
		};

		if (!send_block(&b, err))
			return false;
		seq = b.seq;
		*work = pack_work(b.content);
		count(t, b.content, len);
	}
	return true;
}

static bool plain_step(void *ctx, struct ef_err *err)
{
	struct block *b = ctx;
	struct ef_flasher *f = b->t->f;
	uint8_t head[EF_DATA_HEAD_SIZE];
	struct ef_request req;
	struct ef_reply reply;

	ef_rom_flash_data_request(&req, head, false, b->seq, b->data, b->len, f->form.flash_block,
				  f->form.flash_block);
	return ef_exchange(f, &req, &reply, err);
}

static void plain_again(void *ctx, const struct ef_err *cause)
{
	struct block *b = ctx;

	ef_log(EF_LOG_DEBUG, "%s: sending it again", cause->msg);
	/* a ROM uses up the number of a block that it refuses (docs/protocol.md) */
	b->seq++;
}

/* Send the stretch to a ROM, which answers each block after it has written it. */
static bool send_plain(struct transfer *t, uint32_t content, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	uint32_t block = t->f->form.flash_block, seq = 0;

	while (t->written < t->from + content) {
		uint32_t left = t->from + content - t->written;
		struct block b = { .t = t,
				   .data = r->data + t->written,
				   .len = left < block ? left : block,
				   .seq = seq };
		struct ef_try again = {
			.work = EF_WORK_BLOCK, .step = plain_step, .again = plain_again, .ctx = &b
		};

		if (!ef_try(t->f, &again, err))
			return false;
		seq = b.seq + 1;
		count(t, b.len, b.len);
	}
	return true;
}

/* Steps of an erase end at multiples of this, so that the user can interrupt. */
#define ERASE_STEP EF_MIB

bool transfer_blank(struct transfer *t, struct ef_err *err)
{
	uint32_t addr = t->region->addr;

	t->is_begun = true;
	for (t->written = t->from; t->written < t->to;) {
		uint32_t at = addr + t->written, left = t->to - t->written;
		uint32_t step = ERASE_STEP - at % ERASE_STEP;

		step = step < left ? step : left;
		if (!ef_flash_erase_step(t->f, at, ef_div_up(step, EF_SECTOR) * EF_SECTOR, err))
			return false;
		t->written += step;
		transfer_show(t, t->written);
	}
	return true;
}

static bool open_packer(struct transfer *t, const uint8_t *data, uint32_t len, struct ef_err *err)
{
	uint32_t cap = t->f->form.flash_block, made_len;
	uint8_t *made;

	/* over a bad line, each extra exchange is another chance for damage */
	t->packer.is_even = t->f->recovery.damages || t->is_again;
	return ef_ahead_take(t->f->to_write.ahead, data, len, &made, &made_len)
		       ? pack_open_made(&t->packer, made, made_len, cap, err)
		       : pack_open(&t->packer, data, len, cap, err);
}

bool transfer_stretch(struct transfer *t, struct ef_err *err)
{
	struct ef_flasher *f = t->f;
	bool is_stub = f->rom.loader == EF_LOADER_STUB;
	const uint8_t *data = t->region->data + t->from;
	uint32_t content = t->to - t->from, work = 0;

	if (!t->encrypts)
		content = transfer_content_len(data, content, is_stub);

	transfer_show(t, t->from);
	t->written = t->from;
	if (is_stub && !t->packer.is_open && !open_packer(t, data, content, err))
		return false;
	if (!begin(t, content, err))
		return false;
	if (!t->packer.is_open) /* a ROM gets no END, which would make it leave its loader */
		return send_plain(t, content, err);
	/*
	 * The stub answers END when everything is in flash, and refuses it unless it got
	 * exactly the announced number of bytes.
	 */
	return send_packed(t, &work, err) &&
	       ef_rom_flash_end_after(&f->rom, true, false, work, err);
}
