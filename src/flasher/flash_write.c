/* SPDX-License-Identifier: MIT */
/*
 * Knows how content gets into flash and when it may be called written.
 *
 * A stub acknowledges a block before it writes it and tells the outcome on the
 * next command, so that only END or MD5 prove anything. It gets one zlib
 * stream a region, compressed block by block: the first while the chip
 * computes the MD5 of what is there already, each other one while the chip
 * receives and writes the one before. Compression thus costs no time beside
 * the wire's, a region that is there already costs none at all, and memory is
 * one block. The number of blocks that BEGIN announces is an upper bound: the
 * stub only asks of it whether more input may come (esp-flasher-stub
 * command_handler.c). A mask ROM gets plain blocks and answers each when it is
 * written.
 *
 * A block that arrives damaged is refused, and sent again within the stream,
 * in smaller pieces. What gets lost otherwise costs the stream: its inflater
 * can't be rewound. Then the chip's MD5 tells how far the region is right, and
 * a new stream begins there; a shorter one, where the last got nowhere. A line
 * that loses nothing pays nothing for all this.
 */
#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#include "base/hash.h"
#include "flasher/packer.h"
#include "flasher/proof.h"
#include "flasher/session.h"
#include "flasher/write_check.h"

/* A stub's inflate buffer, and what it may erase for each fill of it (esptool cmds.py) */
#define STUB_INFLATE_STEP (32u * EF_KIB)
#define STUB_ERASE_STEP   (64u * EF_KIB)
/* The least that a bad line gets at once */
#define PIECE_MIN 256u
/* The first of the shorter and shorter stretches where nothing gets done otherwise */
#define WINDOW_FIRST (64u * EF_KIB)

/* One region on its way. */
struct transfer {
	struct ef_flasher *f;
	const struct ef_region *region;
	const struct ef_write_opts *opts;
	struct packer packer; /* of a stub only */
	uint8_t md5[EF_MD5_LEN];
	bool is_there;      /* the flash holds the content already */
	bool is_begun;      /* from here on the region's flash is changed */
	bool is_in_doubt;   /* something failed: what the flash holds has to be asked */
	uint32_t from, to;  /* what the present BEGIN is for */
	uint32_t window;    /* the longest such stretch; 0: all of it */
	uint32_t written;   /* content bytes that the chip acknowledged */
	uint32_t sent;      /* payload bytes for them */
	uint32_t proved;    /* content that is right by the chip's MD5 */
	uint32_t failed_at; /* the same at the last mismatch, plus 1; 0: none yet */
};

/* Flash bytes to allow time for: a stub starts an erase of 64 KiB for each 32 KiB it inflates. */
static uint32_t stub_work(uint32_t content_len)
{
	uint64_t erases = ef_div_up(content_len, STUB_INFLATE_STEP) + 1u;
	uint64_t work = content_len + erases * STUB_ERASE_STEP;

	return work > UINT32_MAX ? UINT32_MAX : (uint32_t)work;
}

/* ---- one region ---- */

static bool begin(struct transfer *t, struct ef_err *err)
{
	uint32_t len = t->to - t->from;
	bool is_deflated = t->packer.is_open;
	uint32_t most = is_deflated ? pack_bound(&t->packer, len) : len;
	const struct ef_flash_begin begin = {
		/* a stub wants the exact size; the ROM counts sectors itself */
		.size = len,
		.blocks = ef_div_up(most, t->f->form.flash_block),
		.block_size = t->f->form.flash_block,
		.addr = t->region->addr + t->from,
		.deflate = is_deflated,
		.has_encrypt_word = t->f->form.has_encrypt_word,
	};

	/* a BEGIN that got lost or refused may still have erased something */
	t->is_begun = true;
	return ef_rom_flash_begin(&t->f->rom, &begin, err);
}

static void count(struct transfer *t, uint32_t content, uint32_t payload)
{
	const struct ef_region *r = t->region;

	t->written += content;
	t->sent += payload;
	ef_recover_passed(t->f, content);
	ef_event_progress(t->f, EF_STAGE_WRITE, r->label, r->addr, t->written, r->len);
}

/* Smaller pieces for a line that damages long ones; they grow again where all goes well. */
static void shrink_piece(struct ef_flasher *f)
{
	uint32_t piece = f->recovery.piece ? f->recovery.piece / 4 : f->form.flash_block / 4;

	f->recovery.piece = piece < PIECE_MIN ? PIECE_MIN : piece;
}

static void grow_piece(struct ef_flasher *f)
{
	f->recovery.piece = f->recovery.piece * 2 < f->form.flash_block ? f->recovery.piece * 2 : 0;
}

/* One data block, as a step: the loader refuses a damaged one and does nothing with it. */
struct block {
	struct transfer *t;
	const uint8_t *data;
	uint32_t len;
	uint32_t work; /* flash bytes that the chip may be busy with before it answers */
	uint32_t seq;
	uint32_t content; /* what the block yields; known once it was sent */
	bool was_damaged;
	bool is_next_made; /* the packer has gone on to the block after this one */
};

static void block_again(void *ctx, const struct ef_err *cause)
{
	struct block *b = ctx;

	ef_log(EF_LOG_DEBUG, "%s: sending it again", cause->msg);
	b->was_damaged = true;
	shrink_piece(b->t->f);
}

/*
 * The first piece of what is left of the present block. While the chip is busy with
 * it, the next block is made.
 */
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
		grow_piece(f);
	return true;
}

/* To a stub. An answer may take the time of the work before it; *ret_work is the last of it. */
static bool send_packed(struct transfer *t, uint32_t *ret_work, struct ef_err *err)
{
	struct packer *p = &t->packer;
	uint32_t work = 0, seq = 0;

	while (p->len) {
		uint32_t len = p->len;
		struct block b = { .t = t, .data = p->block, .len = len, .work = work, .seq = seq };

		if (!send_block(&b, err))
			return false;
		seq = b.seq;
		work = stub_work(b.content);
		count(t, b.content, len);
	}
	*ret_work = work;
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
	block_again(ctx, cause);
	/* a ROM uses up the number of a block that it refuses (docs/protocol.md) */
	((struct block *)ctx)->seq++;
}

/* To a ROM: whole blocks, each answered when it is written. */
static bool send_plain(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	uint32_t block = t->f->form.flash_block, seq = 0;

	while (t->written < t->to) {
		uint32_t left = t->to - t->written;
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

/* The stretch from t->from to t->to. */
static bool write_stretch(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	struct ef_flasher *f = t->f;
	uint32_t work;

	ef_event_progress(f, EF_STAGE_WRITE, r->label, r->addr, t->from, r->len);
	t->written = t->from;
	if (f->rom.loader == EF_LOADER_STUB && !t->packer.is_open &&
	    !pack_open(&t->packer, r->data + t->from, t->to - t->from, f->form.flash_block, err))
		return false;
	if (!begin(t, err))
		return false;
	if (!t->packer.is_open) /* never an END to a ROM: it would leave the loader */
		return send_plain(t, err);
	/*
	 * The stub's END answers when everything is in flash, and fails unless it
	 * was exactly the announced number of bytes.
	 */
	return send_packed(t, &work, err) &&
	       ef_rom_flash_end_after(&f->rom, true, false, work, err);
}

static bool verify(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	char want[2 * EF_MD5_LEN + 1], got[2 * EF_MD5_LEN + 1];
	uint8_t md5[EF_MD5_LEN];

	ef_event_progress(t->f, EF_STAGE_VERIFY, r->label, r->addr, 0, r->len);
	if (!ef_rom_flash_md5(&t->f->rom, r->addr, r->len, md5, err))
		return false;
	if (memcmp(md5, t->md5, sizeof(md5)) != 0) {
		ef_hex(want, t->md5, sizeof(t->md5));
		ef_hex(got, md5, sizeof(md5));
		ef_fail(err, EF_E_VERIFY,
			"the flash differs from what was written (MD5 %s instead of %s)", got,
			want);
		return ef_hint(err,
			       "write again at a lower --baud; when it fails at the same place "
			       "each time, suspect the flash chip or its supply");
	}
	ef_event_progress(t->f, EF_STAGE_VERIFY, r->label, r->addr, r->len, r->len);
	return true;
}

/*
 * Compress the first block, and find out whether the flash holds the content
 * already: the one while the chip is busy with the other.
 */
static bool prepare(void *ctx, struct ef_err *err)
{
	struct transfer *t = ctx;
	struct ef_flasher *f = t->f;
	const struct ef_region *r = t->region;
	bool can_skip = !t->opts->no_skip && !f->dev.is_secure_download;
	uint8_t there[EF_MD5_LEN];
	struct ef_md5_request md5;
	struct ef_reply reply;

	ef_rom_flash_md5_request(&md5, f->rom.loader, r->addr, r->len);
	if (can_skip && !ef_rom_send(&f->rom, &md5.req, err))
		return false;
	ef_md5(r->data, r->len, t->md5);
	if (f->rom.loader == EF_LOADER_STUB && !t->packer.is_open &&
	    !pack_open(&t->packer, r->data, r->len, f->form.flash_block, err))
		return false;
	if (!can_skip)
		return true;
	if (!ef_exchange_receive(f, &md5.req, &reply, err) ||
	    !ef_rom_flash_md5_parse(&reply, there, err))
		return false;
	t->is_there = memcmp(there, t->md5, sizeof(there)) == 0;
	return true;
}

/* ---- again ---- */

/*
 * How much of the region is right: what a stub has inflated lies in its buffer
 * until that is full, so the end of what it acknowledged may be missing. Only
 * its MD5 counts; a ROM in secure download mode has none, but its answers can
 * be believed.
 */
static bool ask_how_far(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	struct ef_flasher *f = t->f;
	uint32_t before = t->proved;

	if (f->dev.is_secure_download) {
		if (f->rom.loader == EF_LOADER_ROM && t->written < r->len)
			t->proved = t->written / EF_SECTOR * EF_SECTOR;
	} else if (!proof_find(f, r, &t->proved, t->written, err)) {
		return false;
	}
	t->from = t->proved;
	if (t->proved > before) {
		ef_recover_progress(f, EF_WORK_WRITE);
		t->window = t->window < WINDOW_FIRST ? t->window * 2 : 0;
	} else {
		t->window = t->window ? t->window / 4 : WINDOW_FIRST;
		if (t->window < EF_SECTOR)
			t->window = EF_SECTOR;
	}
	t->is_in_doubt = false;
	ef_event_warn(f, "writing '%s' again from 0x%08x", r->label, r->addr + t->from);
	return true;
}

static bool write_rest(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	bool verifies = !t->opts->no_verify && !t->f->dev.is_secure_download;

	if (t->is_in_doubt && !ask_how_far(t, err))
		return false;
	while (t->from < r->len) {
		uint32_t left = r->len - t->from;

		t->to = t->from + (t->window && t->window < left ? t->window : left);
		if (!write_stretch(t, err))
			return false;
		pack_close(&t->packer);
		ef_recover_progress(t->f, EF_WORK_WRITE);
		t->from = t->to;
	}
	return !verifies || verify(t, err);
}

/* For the report only: an error leaves what was proved until then. */
static void take_stock(struct transfer *t)
{
	struct ef_err ignored = EF_ERR_INIT;

	if (!proof_find(t->f, t->region, &t->proved, t->written, &ignored))
		ef_log(EF_LOG_DEBUG, "what is right is not known: %s", ignored.msg);
}

/* The flash differs from what was written. Twice without getting further, it is not the line. */
static void note_mismatch(struct transfer *t, struct ef_err *err)
{
	bool is_hopeless = t->failed_at == t->proved + 1;

	t->failed_at = t->proved + 1;
	t->written = t->region->len;
	t->proved = 0; /* a damaged BEGIN may have led anywhere: nothing is believed */
	if (!is_hopeless)
		return;
	take_stock(t);
	err->fault.kind = EF_FAULT_NONE;
}

static bool write_step(void *ctx, struct ef_err *err)
{
	struct transfer *t = ctx;

	if (write_rest(t, err))
		return true;
	if (err->code == EF_E_VERIFY)
		note_mismatch(t, err);
	return false;
}

static void write_again(void *ctx, const struct ef_err *cause)
{
	struct transfer *t = ctx;

	pack_close(&t->packer);
	if (t->is_begun) {
		shrink_piece(t->f);
		t->is_in_doubt = true;
	}
	ef_event_warn(t->f, "%s", cause->msg);
}

/* Say what the flash holds now: the one thing a user must know after a failure. */
static bool explain(const struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	uint64_t end = ((uint64_t)r->addr + r->len + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR;

	if (!t->is_begun)
		return ef_context(err, "cannot write '%s' at 0x%08x (nothing was changed there)",
				  r->label, r->addr);
	if (err->hint[0] == '\0')
		ef_hint(err, "run the command again: what is complete already is skipped");
	if (t->proved && !t->f->dev.is_secure_download)
		return ef_context(err,
				  "cannot write '%s' (written and verified from 0x%08x up to "
				  "0x%08x; from there to 0x%08x partly erased or written)",
				  r->label, r->addr, r->addr + t->proved, (uint32_t)(end - 1));
	return ef_context(err,
			  "cannot write '%s' (0x%08x to 0x%08x is now partly erased or written)",
			  r->label, r->addr, (uint32_t)(end - 1));
}

static void tell_written(struct transfer *t, struct ef_write_stats *stats)
{
	const struct ef_region *r = t->region;
	bool verifies = !t->opts->no_verify && !t->f->dev.is_secure_download;

	stats->bytes += r->len;
	stats->wire_bytes += t->sent;
	ef_event_region(t->f, verifies ? EF_EVENT_VERIFIED : EF_EVENT_WRITTEN, r->label, r->addr,
			r->len);
}

static bool write_region(struct ef_flasher *f, const struct ef_region *region,
			 const struct ef_write_opts *opts, struct ef_write_stats *stats,
			 struct ef_err *err)
{
	struct transfer t = { .f = f, .region = region, .opts = opts };
	struct ef_try preparing = {
		.work = EF_WORK_WRITE, .step = prepare, .again = write_again, .ctx = &t
	};
	struct ef_try writing = {
		.work = EF_WORK_WRITE, .step = write_step, .again = write_again, .ctx = &t
	};
	bool ok = ef_try(f, &preparing, err);

	if (ok && t.is_there) {
		stats->skipped += region->len;
		ef_event_region(f, EF_EVENT_SKIPPED, region->label, region->addr, region->len);
	} else if (ok) {
		ok = ef_try(f, &writing, err);
		if (ok)
			tell_written(&t, stats);
	}
	pack_close(&t.packer);
	return ok || explain(&t, err);
}

bool ef_flasher_write(struct ef_flasher *f, const struct ef_region *regions, size_t count,
		      const struct ef_write_opts *opts, struct ef_write_stats *ret_stats,
		      struct ef_err *err)
{
	struct ef_write_stats stats = { 0 };
	uint64_t start_us = ef_port_now_us(f->port);

	if (!ef_write_check(f, regions, count, err))
		return false;
	if (f->dev.is_secure_download && !(opts->no_verify && opts->no_skip))
		ef_event_warn(f, "secure download mode: what is in flash can't be compared, so "
				 "nothing is skipped or verified");
	for (size_t i = 0; i < count; i++)
		if (regions[i].len && !write_region(f, &regions[i], opts, &stats, err))
			return false;
	stats.elapsed_us = ef_port_now_us(f->port) - start_us;
	if (ret_stats)
		*ret_stats = stats;
	return true;
}
