/* SPDX-License-Identifier: MIT */
/*
 * Writes regions to flash and decides when a region counts as written.
 *
 * A stub acknowledges a block before it writes it, and reports a failure to write
 * only in its answer to the next command. So only END or an MD5 proves that the
 * content is in flash. Only sectors that differ are written (diff.c), each run of them
 * as one zlib stream. We compress a block while the chip receives and writes the one
 * before. So compression takes no extra time, and one block at a time is in memory.
 * BEGIN announces an upper bound for the number of blocks:
 * the stub uses that number only to decide whether more input may follow
 * (esp-flasher-stub command_handler.c). A mask ROM gets uncompressed blocks and
 * answers each one after it has written it.
 *
 * The loader refuses a block that arrives damaged, and we send it again in smaller
 * pieces within the same stream. Any other loss ends the stream, since the stub
 * can't rewind its inflater. Then we ask for the chip's MD5 to find out how far the
 * region is right, and begin a new stream there. If the last stream got nowhere, the
 * new one is shorter.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <espflash/log.h>

#include "base/text.h"
#include "flasher/flash_encrypted.h"
#include "flasher/proof.h"
#include "flasher/session.h"
#include "flasher/transfer.h"
#include "flasher/spi_flash.h"
#include "flasher/write_check.h"

static bool verify(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	char want[2 * EF_MD5_LEN + 1], got[sizeof(want)];
	uint8_t md5[EF_MD5_LEN];

	ef_event_progress(t->f, EF_STAGE_VERIFY, r->label, r->addr, 0, r->len);
	if (!ef_rom_flash_md5(&t->f->rom, r->addr, r->len, md5, err))
		return false;
	if (memcmp(md5, t->md5, sizeof(md5)) != 0) {
		ef_hex(want, t->md5, sizeof(t->md5));
		ef_hex(got, md5, sizeof(md5));
		ef_fail(err, EF_E_VERIFY,
			"the chip's MD5 is not that of what was written (%s instead of %s)", got,
			want);
		return ef_hint_set(err, EF_HINT_FLASH_DIFFERS);
	}
	ef_event_progress(t->f, EF_STAGE_VERIFY, r->label, r->addr, r->len, r->len);
	return true;
}

static void tell_differ(const struct transfer *t)
{
	const struct ef_spans *s = &t->spans;
	char bytes[EF_NUMBER_SIZE];

	if (s->count && s->bytes < t->region->len)
		ef_event_info(t->f, "%s: %s%u of %u sectors differ: %s bytes are written",
			      t->region->label, s->in_doubt ? "up to " : "",
			      s->differ + s->in_doubt, s->sectors, ef_number(bytes, s->bytes));
}

/* Find out what must be written. */
static bool prepare(void *ctx, struct ef_err *err)
{
	struct transfer *t = ctx;
	struct ef_flasher *f = t->f;
	const struct ef_region *r = t->region;

	ef_md5(r->data, r->len, t->md5);
	if (t->opts->no_skip || f->dev.is_secure_download)
		return ef_spans_all(&t->spans, r, err);
	if (!ef_diff_find(f, r, t->is_again || f->recovery.is_bad_line, &t->spans, err))
		return false;
	tell_differ(t);
	return true;
}

/* ---- again ---- */

/*
 * Find out how much of the region is right. A stub keeps inflated content in its
 * buffer until that is full, so the end of what it acknowledged may not be in flash:
 * only its MD5 counts. A ROM in secure download mode has no MD5, but it answers a
 * block only after writing it, so its answers count.
 */
static bool ask_how_far(struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	struct ef_flasher *f = t->f;
	uint32_t before = t->proved, first = ef_budgets.pieces.window_first;

	if (f->dev.is_secure_download) {
		if (f->rom.loader == EF_LOADER_ROM)
			t->proved = t->written / EF_SECTOR * EF_SECTOR;
	} else if (!proof_find(f, r, &t->proved, t->written, err)) {
		return false;
	}
	t->from = t->proved;
	if (t->proved > before) {
		ef_recover_progress(f, EF_WORK_WRITE);
		t->window = t->window < first ? t->window * ef_budgets.pieces.grow : 0;
	} else {
		t->window = t->window ? transfer_shrink(t->window, EF_SECTOR) : first;
	}
	ef_event_warn(f, "writing '%s' again from 0x%08x", r->label, r->addr + t->from);
	return true;
}

/* Set t->from and t->to to the next stretch that must be written. False: there is none. */
static bool next_stretch(struct transfer *t)
{
	for (size_t i = 0; i < t->spans.count; i++) {
		const struct ef_span *s = &t->spans.span[i];

		if (s->to <= t->from)
			continue;
		if (s->from > t->from)
			t->from = s->from;
		t->is_blank = s->is_blank;
		t->to = t->window && t->window < s->to - t->from ? t->from + t->window : s->to;
		t->to = t->from + ef_recover_climb_in(t->f, t->to - t->from);
		return true;
	}
	return false;
}

static bool write_rest(struct transfer *t, struct ef_err *err)
{
	if (t->is_in_doubt && !ask_how_far(t, err))
		return false;
	transfer_show(t, 0);
	for (;;) {
		if (!ef_recover_climb(t->f, t->region->len - t->from, err))
			return false;
		if (!next_stretch(t))
			break;
		if (!(t->is_blank ? transfer_blank(t, err) : transfer_stretch(t, err)))
			return false;
		pack_close(&t->packer);
		ef_recover_progress(t->f, EF_WORK_WRITE);
		t->from = t->to;
	}
	t->written = t->region->len;
	transfer_show(t, t->written);
	return !transfer_verifies(t) || verify(t, err);
}

/* This is only for the error message, so if it fails, keep what has been proved. */
static void take_stock(struct transfer *t)
{
	struct ef_err ignored = EF_ERR_INIT;

	if (!proof_find(t->f, t->region, &t->proved, t->written, &ignored))
		ef_log(EF_LOG_DEBUG, "cannot tell how much is right: %s", ignored.msg);
}

/* After two mismatches at the same place, blame the flash and not the line: stop retrying. */
static void note_mismatch(struct transfer *t, struct ef_err *err)
{
	bool is_hopeless = t->failed_at == t->proved + 1;

	t->failed_at = t->proved + 1;
	t->proved = 0; /* a damaged BEGIN may have written anywhere, so prove everything again */
	if (!is_hopeless)
		return;
	take_stock(t);
	ef_fault_final(err);
}

static bool write_step(void *ctx, struct ef_err *err)
{
	struct transfer *t = ctx;

	if (write_rest(t, err))
		return true;
	if (err->code == EF_E_VERIFY) {
		struct ef_err ignored = EF_ERR_INIT;

		note_mismatch(t, err);
		/* something else may have been damaged: nothing counts as the same any more */
		if (!ef_spans_all(&t->spans, t->region, &ignored))
			ef_fault_final(err);
	}
	return false;
}

static void write_again(void *ctx, const struct ef_err *cause)
{
	struct transfer *t = ctx;

	pack_close(&t->packer);
	t->is_again = true;
	if (t->is_begun) {
		transfer_shrink_piece(t->f);
		t->is_in_doubt = true;
	}
	ef_event_warn(t->f, "%s", cause->msg);
}

static uint32_t sectors_of(uint32_t len)
{
	return len / EF_SECTOR + (len % EF_SECTOR != 0);
}

static void tell_written(struct transfer *t, struct ef_write_stats *stats)
{
	const struct ef_region *r = t->region;
	uint32_t content = 0;

	for (size_t i = 0; i < t->spans.count; i++) {
		uint32_t len = t->spans.span[i].to - t->spans.span[i].from;

		content += len;
		stats->written_sectors += sectors_of(len);
	}
	stats->sectors += sectors_of(r->len);
	stats->bytes += content;
	stats->skipped += r->len - content;
	stats->wire_bytes += t->sent;
	/* BEGIN has no checksum, so a damaged one may have named another address or size */
	if (t->is_in_doubt && t->f->recovery.is_bad_line)
		ef_event_warn(t->f,
			      "the line damages requests: flash outside of '%s' may be erased",
			      r->label);
	ef_event_region(t->f, transfer_verifies(t) ? EF_EVENT_VERIFIED : EF_EVENT_WRITTEN, r->label,
			r->addr, r->len);
}

static bool write_region(struct ef_flasher *f, const struct ef_region *region,
			 const struct ef_write_opts *opts, struct ef_write_stats *stats,
			 struct ef_err *err)
{
	struct transfer t = { .f = f, .region = region, .opts = opts };
	struct ef_try preparing = {
		.work = EF_WORK_COMPARE, .step = prepare, .again = write_again, .ctx = &t
	};
	struct ef_try writing = {
		.work = EF_WORK_WRITE, .step = write_step, .again = write_again, .ctx = &t
	};
	bool ok = ef_try(f, &preparing, err);

	if (ok && t.spans.count == 0) {
		stats->skipped += region->len;
		stats->sectors += sectors_of(region->len);
		ef_event_region(f, EF_EVENT_SKIPPED, region->label, region->addr, region->len);
	} else if (ok) {
		ok = ef_try(f, &writing, err);
		if (ok)
			tell_written(&t, stats);
	}
	pack_close(&t.packer);
	ok = ok || transfer_explain(&t, err);
	ef_spans_release(&t.spans);
	return ok;
}

bool ef_flasher_write(struct ef_flasher *f, const struct ef_checked *checked,
		      const struct ef_write_opts *opts, struct ef_write_stats *ret_stats,
		      struct ef_err *err)
{
	struct ef_write_stats stats = { 0 };
	uint64_t start_us = ef_port_now_us(f->port);

	assert(checked == f->to_write.checked);
	if (!ef_write_check(f, checked->regions, checked->region_count, err))
		return false;
	if (f->dev.is_secure_download && !(opts->no_verify && opts->no_skip))
		ef_event_warn(f, "secure download mode: what is in flash can't be compared, so "
				 "nothing is skipped or verified");
	for (size_t i = 0; i < checked->region_count; i++)
		ef_flash_warn_unseen(f, checked->regions[i].addr, checked->regions[i].len);
	for (size_t i = 0; i < checked->region_count; i++) {
		const struct ef_region *r = &checked->regions[i];

		if (r->len && !(checked->encrypts[i] ? ef_write_encrypted(f, r, opts, &stats, err)
						     : write_region(f, r, opts, &stats, err)))
			return false;
	}
	stats.elapsed_us = ef_port_now_us(f->port) - start_us;
	if (ret_stats)
		*ret_stats = stats;
	return true;
}
