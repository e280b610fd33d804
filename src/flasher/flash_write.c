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
 * A byte that the line lost costs a region, not the session: once the loader
 * answers again it is written anew from its BEGIN; to a ROM, whose answers can
 * be believed, only from the sector that it was at.
 */
#include "flasher/flasher_priv.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/hash.h"

#define DEFLATE_LEVEL 9 /* esptool's; the wire is slower than any level */
/* A stub's inflate buffer, and what it may erase for each fill of it (esptool cmds.py) */
#define STUB_INFLATE_STEP (32u * EF_KIB)
#define STUB_ERASE_STEP   (64u * EF_KIB)
/* Without a stub, addresses wrap here (the ROMs use 24-bit flash commands) */
#define ROM_FLASH_LIMIT (16u * EF_MIB)
/* How often a region that a bad line spoiled is begun again without getting further */
#define RETRIES 3u
/* To find back after that: a stub may be busy with the erase of 64 KiB */
#define RESYNC_TRIES      8u
#define RESYNC_TIMEOUT_MS 300u

/* A region's content as compressed blocks, one at a time. */
struct packer {
	z_stream deflate;
	z_stream inflate; /* over the same blocks, to know how much content each one holds */
	uint8_t *block;   /* owned */
	uint32_t len;     /* of the block; 0: there are no more */
	bool is_open, is_ended;
};

/* One region on its way. */
struct transfer {
	struct ef_flasher *f;
	const struct ef_region *region;
	struct packer packer; /* of a stub only */
	uint8_t md5[EF_MD5_LEN];
	bool is_begun;    /* from here on the region's flash is changed */
	uint32_t from;    /* where BEGIN begins: past what an earlier one achieved */
	uint32_t written; /* content bytes that the chip acknowledged */
	uint32_t sent;    /* payload bytes for them */
	unsigned retries; /* in a row */
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
		return ef_fail(err, EF_E_INPUT,
			       "'%s' (%u bytes at 0x%08x) passes the end of the flash at 0x%08x",
			       r->label, r->len, r->addr, size);
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
	free(p->block);
	p->block = NULL;
	p->is_open = false;
}

/* The next block of at most cap bytes. */
static void pack_next(struct packer *p, uint32_t cap)
{
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
static bool pack_open(struct packer *p, const struct ef_region *r, uint32_t cap, struct ef_err *err)
{
	p->block = malloc(cap);
	if (!p->block || deflateInit(&p->deflate, DEFLATE_LEVEL) != Z_OK)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (inflateInit(&p->inflate) != Z_OK) {
		deflateEnd(&p->deflate);
		return ef_fail(err, EF_E_IO, "out of memory");
	}
	p->is_open = true;
	/* zlib's input pointer isn't const, but it doesn't write there */
	memcpy(&p->deflate.next_in, &r->data, sizeof(p->deflate.next_in));
	p->deflate.avail_in = r->len;
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
	bool is_deflated = t->packer.is_open;
	uLong most = is_deflated ? deflateBound(&t->packer.deflate, t->region->len) : 0;
	const struct ef_flash_begin begin = {
		/* a stub wants the exact size; the ROM counts sectors itself */
		.size = t->region->len - t->from,
		.blocks = ef_div_up(is_deflated ? (uint32_t)most : t->region->len - t->from,
				    t->f->flash_block),
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
	ef_event_progress(t->f, EF_STAGE_WRITE, r->label, r->addr, t->written, r->len);
}

/*
 * To a stub. The time that an answer may take is the work of the block
 * before; *ret_work is what the stub may still be busy with at the end.
 */
static bool send_packed(struct transfer *t, uint32_t *ret_work, struct ef_err *err)
{
	struct packer *p = &t->packer;
	struct ef_flasher *f = t->f;
	uint32_t work = 0;

	for (uint32_t seq = 0; p->len; seq++) {
		uint32_t len = p->len, content;
		uint8_t head[EF_DATA_HEAD_SIZE];
		struct ef_request req;
		struct ef_reply reply;

		ef_rom_flash_data_request(&req, head, true, seq, p->block, len, 0, work);
		if (!ef_rom_send(&f->rom, &req, err))
			return false;
		content = pack_content(p);
		pack_next(p, f->flash_block); /* what was sent is in the session's buffer */
		if (!ef_rom_receive(&f->rom, &req, &reply, err))
			return false;
		work = stub_work(content);
		count(t, content, len);
	}
	*ret_work = work;
	return true;
}

/* To a ROM: whole blocks, each answered when it is written. */
static bool send_plain(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	struct ef_flasher *f = t->f;

	for (uint32_t seq = 0; t->written < r->len; seq++) {
		uint32_t left = r->len - t->written;
		uint32_t len = left < f->flash_block ? left : f->flash_block;
		uint8_t head[EF_DATA_HEAD_SIZE];
		struct ef_request req;
		struct ef_reply reply;

		ef_rom_flash_data_request(&req, head, false, seq, r->data + t->written, len,
					  f->flash_block, f->flash_block);
		if (!ef_rom_command(&f->rom, &req, &reply, err))
			return false;
		count(t, len, len);
	}
	return true;
}

static bool write_flash(struct transfer *t, struct ef_err *err)
{
	struct ef_flasher *f = t->f;
	uint32_t work;

	ef_event_progress(f, EF_STAGE_WRITE, t->region->label, t->region->addr, t->from,
			  t->region->len);
	t->written = t->from;
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
	if (rom->loader == EF_LOADER_STUB && !pack_open(&t->packer, r, t->f->flash_block, err))
		return false;
	if (!can_skip)
		return true;
	if (!ef_rom_flash_md5_receive(rom, &md5, there, err))
		return false;
	*ret_is_there = memcmp(there, t->md5, sizeof(there)) == 0;
	return true;
}

/* ---- again ---- */

/* Bytes that got lost, not a flash that refuses. */
static bool is_line_fault(const struct ef_flasher *f, const struct ef_err *err)
{
	if (err->code == EF_E_PROTOCOL)
		return f->rom.was_refused &&
		       ef_rom_is_line_fault(f->rom.loader, f->rom.last_status, f->rom.last_reason);
	return err->code == EF_E_TIMEOUT;
}

/* Whether the same loader answers still; a chip that was reset is another story. */
static bool resync(struct ef_flasher *f, bool *ret, struct ef_err *err)
{
	enum ef_sync_result want = f->rom.loader == EF_LOADER_STUB ? EF_SYNC_STUB : EF_SYNC_ROM;
	enum ef_sync_result sync = EF_SYNC_NONE;

	if (!ef_rom_discard(&f->rom, err))
		return false;
	for (unsigned i = 0; i < RESYNC_TRIES && sync == EF_SYNC_NONE; i++) {
		/* every other time, and not at first: the lost byte may have been a delimiter */
		if (i % 2 && !ef_rom_shift_frame(&f->rom, err))
			return false;
		if (!ef_rom_sync(&f->rom, RESYNC_TIMEOUT_MS, &sync, err)) {
			if (err->code != EF_E_PROTOCOL && err->code != EF_E_TIMEOUT)
				return false;
			ef_err_clear(err);
		}
	}
	*ret = sync == want;
	return true;
}

/* After a failure in *err: true when the region can be begun again, and *err is cleared. */
static bool can_retry(struct transfer *t, struct ef_err *err)
{
	struct ef_flasher *f = t->f;
	struct ef_err other = EF_ERR_INIT;
	bool answers = false;

	if (!t->is_begun || !is_line_fault(f, err) || t->retries >= RETRIES)
		return false;
	if (!resync(f, &answers, &other)) {
		/* unplugged, or Ctrl-C: that is what to tell now */
		*err = other;
		return false;
	}
	if (!answers)
		return false;
	t->retries++;
	if (f->rom.loader == EF_LOADER_ROM && t->written / EF_SECTOR * EF_SECTOR > t->from &&
	    t->written < t->region->len) {
		t->from = t->written / EF_SECTOR * EF_SECTOR;
		t->retries = 0;
	}
	ef_event_warn(f, "%s: writing '%s' again from 0x%08x", err->msg, t->region->label,
		      t->region->addr + t->from);
	ef_err_clear(err);
	pack_close(&t->packer);
	t->packer = (struct packer){ 0 };
	return f->rom.loader != EF_LOADER_STUB ||
	       pack_open(&t->packer, t->region, f->flash_block, err);
}

/* Say what the flash holds now: the one thing a user must know after a failure. */
static bool explain(const struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;

	if (!t->is_begun)
		return ef_context(err, "cannot write '%s' at 0x%08x (nothing was changed there)",
				  r->label, r->addr);
	if (err->hint[0] == '\0')
		ef_hint(err, "run the command again: what is complete already is skipped");
	return ef_context(
		err, "cannot write '%s' (0x%08x to 0x%08x is now partly erased or written)",
		r->label, r->addr,
		(uint32_t)(((uint64_t)r->addr + r->len + EF_SECTOR - 1) / EF_SECTOR * EF_SECTOR -
			   1));
}

static bool write_region(struct ef_flasher *f, const struct ef_region *region,
			 const struct ef_write_opts *opts, struct ef_write_stats *stats,
			 struct ef_err *err)
{
	struct transfer t = { .f = f, .region = region };
	bool verifies = !opts->no_verify && !f->dev.is_secure_download;
	bool can_skip = !opts->no_skip && !f->dev.is_secure_download;
	bool is_there, ok;

	ok = prepare(&t, can_skip, &is_there, err);
	if (ok && is_there) {
		stats->skipped += region->len;
		ef_event_region(f, EF_EVENT_SKIPPED, region->label, region->addr, region->len);
	} else if (ok) {
		do
			ok = write_flash(&t, err) && (!verifies || verify(&t, err));
		while (!ok && can_retry(&t, err));
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
