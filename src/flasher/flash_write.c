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
#include "flasher/flasher_priv.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/hash.h"
#include <espflash/log.h>

#define DEFLATE_LEVEL 9 /* esptool's; the wire is slower than any level */
/* A stub's inflate buffer, and what it may erase for each fill of it (esptool cmds.py) */
#define STUB_INFLATE_STEP (32u * EF_KIB)
#define STUB_ERASE_STEP   (64u * EF_KIB)
/* Without a stub, addresses wrap here (the ROMs use 24-bit flash commands) */
#define ROM_FLASH_LIMIT (16u * EF_MIB)
/* The least that a bad line gets at once, and how often within one stream */
#define PIECE_MIN 256u
#define RESENDS   8u
/* The first of the shorter and shorter stretches where nothing gets done otherwise */
#define WINDOW_FIRST (64u * EF_KIB)
/* Reason of a ROM that wrote nothing (docs/protocol.md) */
#define ROM_BAD_CHECKSUM 0x07u

/*
 * A stretch of content as compressed blocks: one that is on its way, and one
 * that is made meanwhile.
 */
struct packer {
	z_stream deflate;
	z_stream inflate; /* over the same blocks, to know how much content each one holds */
	uint8_t *room;    /* of two blocks; owned */
	uint8_t *block;
	uint32_t len; /* of the block; 0: there are no more */
	bool is_open, is_ended;
};

/* One region on its way. */
struct transfer {
	struct ef_flasher *f;
	const struct ef_region *region;
	struct packer packer; /* of a stub only */
	uint8_t md5[EF_MD5_LEN];
	bool is_begun;      /* from here on the region's flash is changed */
	bool is_in_doubt;   /* something failed: what the flash holds has to be asked */
	uint32_t from, to;  /* what the present BEGIN is for */
	uint32_t window;    /* the longest such stretch; 0: all of it */
	uint32_t written;   /* content bytes that the chip acknowledged */
	uint32_t sent;      /* payload bytes for them */
	uint32_t proved;    /* content that is right by the chip's MD5 */
	uint32_t failed_at; /* the same at the last mismatch, plus 1; 0: none yet */
};

/* ---- checks ---- */

static bool check_region(const struct ef_flasher *f, const struct ef_region *r, struct ef_err *err)
{
	uint32_t size = f->dev.flash_size;

	if (r->addr % EF_SECTOR)
		return ef_fail(err, EF_E_INPUT,
			       "'%s' would start at 0x%08x, which is not a multiple of 0x%x",
			       r->label, r->addr, EF_SECTOR);
	if (!ef_range_ok(r->addr, r->len, size ? size : UINT32_MAX))
		return ef_fail_past_flash(r->label, r->addr, r->len, size, err);
	if (f->rom.loader == EF_LOADER_ROM && !ef_range_ok(r->addr, r->len, ROM_FLASH_LIMIT))
		return ef_fail(err, EF_E_UNSUPP,
			       "'%s' lies past 16 MiB, which the ROM loader can't address",
			       r->label);
	return true;
}

/* Regions that share a sector would erase each other. */
static bool check_overlap(const struct ef_region *a, const struct ef_region *b, struct ef_err *err)
{
	uint64_t a_end = ((uint64_t)a->addr + a->len + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR;
	uint64_t b_end = ((uint64_t)b->addr + b->len + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR;

	if (!a->len || !b->len || a->addr >= b_end || b->addr >= a_end)
		return true;
	return ef_fail(err, EF_E_INPUT,
		       "'%s' (%u bytes at 0x%08x) and '%s' (%u bytes at 0x%08x) overlap", a->label,
		       a->len, a->addr, b->label, b->len, b->addr);
}

static bool check_all(const struct ef_flasher *f, const struct ef_region *regions, size_t count,
		      struct ef_err *err)
{
	if (!ef_flash_check(f, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!check_region(f, &regions[i], err))
			return false;
		for (size_t k = 0; k < i; k++)
			if (!check_overlap(&regions[k], &regions[i], err))
				return false;
	}
	return true;
}

/* ---- compression ---- */

static void pack_close(struct packer *p)
{
	if (p->is_open) {
		deflateEnd(&p->deflate);
		inflateEnd(&p->inflate);
	}
	free(p->room);
	*p = (struct packer){ 0 };
}

/* The next block of at most cap bytes; the present one stays as it is until the one after. */
static void pack_next(struct packer *p, uint32_t cap)
{
	p->block = p->block == p->room ? p->room + cap : p->room;
	p->len = 0;
	if (p->is_ended)
		return;
	p->deflate.next_out = p->block;
	p->deflate.avail_out = cap;
	/* all input is there: what deflate returns short of the end is only "no more room" */
	p->is_ended = deflate(&p->deflate, Z_FINISH) == Z_STREAM_END;
	p->len = cap - p->deflate.avail_out;
}

/* Close it in any case. */
static bool pack_open(struct packer *p, const uint8_t *data, uint32_t len, uint32_t cap,
		      struct ef_err *err)
{
	p->room = malloc(2 * (size_t)cap);
	if (!p->room || deflateInit(&p->deflate, DEFLATE_LEVEL) != Z_OK)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (inflateInit(&p->inflate) != Z_OK) {
		deflateEnd(&p->deflate);
		return ef_fail(err, EF_E_IO, "out of memory");
	}
	p->is_open = true;
	/* zlib's input pointer isn't const, but it doesn't write there */
	memcpy(&p->deflate.next_in, &data, sizeof(p->deflate.next_in));
	p->deflate.avail_in = len;
	pack_next(p, cap);
	return true;
}

/* How many content bytes the present block yields: the chip's work. */
static uint32_t pack_content(struct packer *p)
{
	uint8_t scratch[4096];
	uLong before = p->inflate.total_out;
	int status = Z_OK;

	p->inflate.next_in = p->block;
	p->inflate.avail_in = p->len;
	do {
		p->inflate.next_out = scratch;
		p->inflate.avail_out = sizeof(scratch);
		status = inflate(&p->inflate, Z_NO_FLUSH);
	} while (status == Z_OK && (p->inflate.avail_in || p->inflate.avail_out == 0));
	return (uint32_t)(p->inflate.total_out - before);
}

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
	uLong most = is_deflated ? deflateBound(&t->packer.deflate, len) : 0;
	const struct ef_flash_begin begin = {
		/* a stub wants the exact size; the ROM counts sectors itself */
		.size = len,
		.blocks = ef_div_up(is_deflated ? (uint32_t)most : len, t->f->flash_block),
		.block_size = t->f->flash_block,
		.addr = t->region->addr + t->from,
		.deflate = is_deflated,
		.has_encrypt_word = t->f->has_encrypt_word,
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
	uint32_t piece = f->recovery.piece ? f->recovery.piece / 4 : f->flash_block / 4;

	f->recovery.piece = piece < PIECE_MIN ? PIECE_MIN : piece;
}

static void grow_piece(struct ef_flasher *f)
{
	f->recovery.piece = f->recovery.piece * 2 < f->flash_block ? f->recovery.piece * 2 : 0;
}

/*
 * Whether the same may be sent again within the stream: the block was refused
 * for its length or checksum, so the chip did nothing with it. Not when it is
 * the rate that does it.
 */
static bool may_resend(struct ef_flasher *f, unsigned *refusals, struct ef_err *err)
{
	/* esp-flasher-stub: bad length, checksum, command, not enough, too much data */
	static const uint8_t stub[] = { 0xc0, 0xc1, 0xc3, 0xc8, 0xc9 };
	const struct ef_rom *rom = &f->rom;
	bool is_damage = rom->loader == EF_LOADER_STUB
				 ? memchr(stub, rom->last_status, sizeof(stub)) != NULL
				 : rom->last_status == 1 && rom->last_reason == ROM_BAD_CHECKSUM;

	if (err->code != EF_E_PROTOCOL || !rom->was_refused || !is_damage ||
	    ++*refusals > RESENDS || ef_recover_is_too_fast(f))
		return false;
	ef_log(EF_LOG_DEBUG, "%s: sending it again", err->msg);
	ef_err_clear(err); /* nothing was lost by it */
	shrink_piece(f);
	return true;
}

/*
 * The present block, and what it holds. While the chip is busy with it, the
 * next one is made.
 */
static bool send_block(struct transfer *t, uint32_t *seq, uint32_t work, uint32_t *ret_content,
		       struct ef_err *err)
{
	struct packer *p = &t->packer;
	struct ef_flasher *f = t->f;
	const uint8_t *data = p->block;
	uint32_t len = p->len, done = 0;
	unsigned refusals = 0;

	while (done < len) {
		uint32_t piece = f->recovery.piece, part = len - done;
		uint8_t head[EF_DATA_HEAD_SIZE];
		struct ef_request req;
		struct ef_reply reply;

		part = piece && piece < part ? piece : part;
		ef_rom_flash_data_request(&req, head, true, *seq, data + done, part, 0, work);
		if (!ef_rom_send(&f->rom, &req, err))
			return false;
		if (p->block == data) {
			*ret_content = pack_content(p);
			pack_next(p, f->flash_block);
		}
		if (ef_rom_receive(&f->rom, &req, &reply, err)) {
			done += part;
			++*seq;
		} else if (!may_resend(f, &refusals, err)) {
			return false;
		}
	}
	if (refusals == 0 && f->recovery.piece)
		grow_piece(f);
	return true;
}

/*
 * To a stub. The time that an answer may take is the work of the block
 * before; *ret_work is what the stub may still be busy with at the end.
 */
static bool send_packed(struct transfer *t, uint32_t *ret_work, struct ef_err *err)
{
	struct packer *p = &t->packer;
	uint32_t work = 0, seq = 0;

	while (p->len) {
		uint32_t len = p->len, content = 0;

		if (!send_block(t, &seq, work, &content, err))
			return false;
		work = stub_work(content);
		count(t, content, len);
	}
	*ret_work = work;
	return true;
}

/* To a ROM: whole blocks, each answered when it is written. A refused one keeps its number. */
static bool send_plain(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	struct ef_flasher *f = t->f;
	unsigned refusals = 0;

	for (uint32_t seq = 0; t->written < t->to; seq++) {
		uint32_t left = t->to - t->written;
		uint32_t len = left < f->flash_block ? left : f->flash_block;
		uint8_t head[EF_DATA_HEAD_SIZE];
		struct ef_request req;
		struct ef_reply reply;

		ef_rom_flash_data_request(&req, head, false, seq, r->data + t->written, len,
					  f->flash_block, f->flash_block);
		if (ef_rom_command(&f->rom, &req, &reply, err)) {
			count(t, len, len);
			refusals = 0;
		} else if (!may_resend(f, &refusals, err)) {
			return false;
		}
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
	    !pack_open(&t->packer, r->data + t->from, t->to - t->from, f->flash_block, err))
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
static bool prepare(struct transfer *t, bool can_skip, bool *ret_is_there, struct ef_err *err)
{
	struct ef_rom *rom = &t->f->rom;
	const struct ef_region *r = t->region;
	uint8_t there[EF_MD5_LEN];
	struct ef_md5_request md5;

	*ret_is_there = false;
	ef_rom_flash_md5_request(&md5, rom->loader, r->addr, r->len);
	if (can_skip && !ef_rom_send(rom, &md5.req, err))
		return false;
	ef_md5(r->data, r->len, t->md5);
	if (rom->loader == EF_LOADER_STUB && !t->packer.is_open &&
	    !pack_open(&t->packer, r->data, r->len, t->f->flash_block, err))
		return false;
	if (!can_skip)
		return true;
	if (!ef_rom_flash_md5_receive(rom, &md5, there, err))
		return false;
	*ret_is_there = memcmp(there, t->md5, sizeof(there)) == 0;
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
	} else if (!ef_find_proved(f, r, &t->proved, t->written, err)) {
		return false;
	}
	t->from = t->proved;
	if (t->proved > before) {
		ef_recover_progress(f);
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

static bool write_on(struct transfer *t, bool verifies, struct ef_err *err)
{
	const struct ef_region *r = t->region;

	if (t->is_in_doubt && !ask_how_far(t, err))
		return false;
	while (t->from < r->len) {
		uint32_t left = r->len - t->from;

		t->to = t->from + (t->window && t->window < left ? t->window : left);
		if (!write_stretch(t, err))
			return false;
		pack_close(&t->packer);
		ef_recover_progress(t->f);
		t->from = t->to;
	}
	return !verifies || verify(t, err);
}

/* For the report only: an error leaves what was proved until then. */
static void take_stock(struct transfer *t)
{
	struct ef_err ignored = EF_ERR_INIT;

	if (!ef_find_proved(t->f, t->region, &t->proved, t->written, &ignored))
		ef_log(EF_LOG_DEBUG, "what is right is not known: %s", ignored.msg);
}

/* After a failure in *err: true when it is worth going on, and *err is cleared. */
static bool can_go_on(struct transfer *t, struct ef_err *err)
{
	char why[EF_ERR_MSG_SIZE];

	(void)ef_strlcpy(why, sizeof(why), err->msg);
	pack_close(&t->packer);
	if (err->code == EF_E_VERIFY) {
		/* twice without getting further: it is not the line */
		bool is_hopeless = t->failed_at == t->proved + 1;

		t->failed_at = t->proved + 1;
		t->written = t->region->len;
		t->proved = 0; /* a damaged BEGIN may have led anywhere: nothing is believed */
		if (is_hopeless) {
			take_stock(t);
			return false;
		}
		ef_err_clear(err);
	} else if (!ef_recover(t->f, err)) {
		return false;
	}
	if (t->is_begun) {
		shrink_piece(t->f);
		t->is_in_doubt = true;
	}
	ef_event_warn(t->f, "%s", why);
	return true;
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

static bool write_region(struct ef_flasher *f, const struct ef_region *region,
			 const struct ef_write_opts *opts, struct ef_write_stats *stats,
			 struct ef_err *err)
{
	struct transfer t = { .f = f, .region = region };
	bool verifies = !opts->no_verify && !f->dev.is_secure_download;
	bool can_skip = !opts->no_skip && !f->dev.is_secure_download;
	bool is_there, ok;

	do
		ok = prepare(&t, can_skip, &is_there, err);
	while (!ok && can_go_on(&t, err));
	if (ok && is_there) {
		stats->skipped += region->len;
		ef_event_region(f, EF_EVENT_SKIPPED, region->label, region->addr, region->len);
	} else if (ok) {
		do
			ok = write_on(&t, verifies, err);
		while (!ok && can_go_on(&t, err));
		if (ok) {
			stats->bytes += region->len;
			stats->wire_bytes += t.sent;
			ef_event_region(f, verifies ? EF_EVENT_VERIFIED : EF_EVENT_WRITTEN,
					region->label, region->addr, region->len);
		}
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

	if (!check_all(f, regions, count, err))
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
