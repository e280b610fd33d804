/* SPDX-License-Identifier: MIT */
/*
 * Writes a region that the loader encrypts (the fifth word of BEGIN).
 *
 * Only the chip has the key, so the chip's MD5 can't be compared with that of the content: sectors
 * can't be skipped, and a stretch with a loss can't be continued. It is erased and written again as
 * a whole. There is this evidence that a stretch is right:
 *
 * - The loader took every block with its checksum, and END, which needs the exact length.
 * - The stretch was erased before, and its first and last bytes are not erased now. BEGIN has no
 *   checksum; with a damaged address the content would be elsewhere.
 * - The MD5 is not that of the plain content. If it is, the chip did not encrypt.
 *
 * Checksums of 8 bits are not enough on a line that damages bytes. There the whole region is
 * written from its start again, and each stretch twice. A cipher gives the same bytes for the
 * same content at the same address, so both digests must be equal.
 */
#include <stdlib.h>
#include <string.h>

#include "flasher/flash_encrypted.h"
#include "flasher/proof.h"
#include "flasher/session.h"
#include "flasher/spi_flash.h"
#include "flasher/transfer.h"

struct encrypted {
	struct transfer t;
	struct ef_region region; /* with the padding */
	uint8_t *padded;         /* owned; NULL: the content needs no padding */
	unsigned damages;        /* recovery.damages when the region began */
	unsigned misses;
	bool is_doubted; /* the line damages bytes: each stretch is written twice */
	bool is_probed;  /* the loader takes the fifth word */
	bool has_digest; /* the digest is that of the present stretch, which was written once */
	uint8_t digest[EF_MD5_LEN];
};

/* Fill the last unit of the cipher with 0xff, as esptool does. */
static bool pad(struct encrypted *e, const struct ef_region *r, uint32_t align, struct ef_err *err)
{
	uint32_t len = ef_div_up(r->len, align) * align;

	e->region = *r;
	if (len == r->len)
		return true;
	e->padded = malloc(len);
	if (!e->padded)
		return ef_fail(err, EF_E_IO, "out of memory");
	memcpy(e->padded, r->data, r->len);
	memset(e->padded + r->len, 0xff, len - r->len);
	e->region.data = e->padded;
	e->region.len = len;
	return true;
}

/* ---- evidence ---- */

static bool differs(struct ef_err *err, const char *what, uint32_t addr)
{
	ef_fail(err, EF_E_VERIFY, "%s at 0x%08x", what, addr);
	return ef_hint_set(err, EF_HINT_FLASH_DIFFERS);
}

/* Bring the stretch into a known state: the evidence counts only from there. */
static bool erase(struct encrypted *e, struct ef_err *err)
{
	struct transfer *t = &e->t;
	uint32_t addr = e->region.addr + t->from;
	uint32_t len = ef_div_up(t->to - t->from, EF_SECTOR) * EF_SECTOR;
	bool ok = false;

	if (!proof_is_erased(t->f, addr, len, &ok, err))
		return false;
	if (ok)
		return true;
	t->is_begun = true;
	return ef_flash_erase_step(t->f, addr, len, err) &&
	       proof_is_erased(t->f, addr, len, &ok, err) &&
	       (ok || differs(err, "the chip's MD5 is not that of erased flash", addr));
}

static bool check_place(struct encrypted *e, struct ef_err *err)
{
	const struct transfer *t = &e->t;
	uint32_t unit = t->f->dev.chip->crypt.align, at[] = { t->from, t->to - unit };
	bool is_blank = false;

	for (size_t i = 0; i < EF_ARRAY_LEN(at); i++) {
		if (!proof_is_erased(t->f, e->region.addr + at[i], unit, &is_blank, err))
			return false;
		if (is_blank)
			return differs(err, "nothing was written", e->region.addr + at[i]);
	}
	return true;
}

static bool not_encrypted(const struct transfer *t, struct ef_err *err)
{
	ef_fail(err, EF_E_VERIFY,
		"the chip did not encrypt what it wrote: the flash from 0x%08x on has the plain "
		"content",
		t->region->addr + t->from);
	ef_fault_final(err); /* another try would write the same */
	return ef_hint_set(err, EF_HINT_NOT_ENCRYPTED);
}

static bool take_digest(struct encrypted *e, struct ef_err *err)
{
	struct transfer *t = &e->t;
	const uint8_t *data = e->region.data + t->from;
	uint8_t plain[EF_MD5_LEN], got[EF_MD5_LEN];
	uint32_t len = t->to - t->from;
	bool is_same;

	if (!ef_rom_flash_md5(&t->f->rom, e->region.addr + t->from, len, got, err))
		return false;
	ef_md5(data, len, plain);
	if (memcmp(plain, got, sizeof(plain)) == 0)
		return not_encrypted(t, err);
	is_same = !e->has_digest || memcmp(e->digest, got, sizeof(got)) == 0;
	memcpy(e->digest, got, sizeof(got));
	if (!is_same)
		return differs(err, "two writes of the same content gave different flash",
			       e->region.addr + t->from);
	e->has_digest = !e->has_digest;
	return true;
}

/* ---- writing ---- */

/*
 * Stubs before esp-flasher-stub 1 and legacy 1.10 refuse the word. Ask before anything is erased.
 */
static bool probe(struct encrypted *e, struct ef_err *err)
{
	struct ef_flasher *f = e->t.f;
	const struct ef_flash_begin nothing = { .block_size = f->form.flash_block,
						.addr = e->region.addr,
						.deflate = true,
						.has_encrypt_word = true,
						.encrypt = true };

	if (!ef_session_encrypts(f))
		return ef_fail(err, EF_E_UNSUPP, "the loader that runs can't encrypt");
	if (e->is_probed || f->rom.loader != EF_LOADER_STUB)
		return true;
	if (!ef_rom_flash_begin(&f->rom, &nothing, err))
		return ef_context(err, "the stub that runs can't encrypt");
	e->is_probed = true;
	return true;
}

static bool write_stretch(struct encrypted *e, struct ef_err *err)
{
	struct transfer *t = &e->t;
	bool proves = transfer_verifies(t);

	do {
		if (proves && !erase(e, err))
			return false;
		if (!transfer_stretch(t, err))
			return false;
		pack_close(&t->packer);
		if (proves && (!check_place(e, err) || !take_digest(e, err)))
			return false;
	} while (proves && e->is_doubted && e->has_digest);
	return true;
}

/* A line that damages bytes may have damaged a stretch that seemed right. */
static void doubt(struct encrypted *e)
{
	struct ef_flasher *f = e->t.f;

	if (e->is_doubted || (!f->recovery.is_bad_line && f->recovery.damages == e->damages))
		return;
	e->is_doubted = true;
	e->has_digest = false;
	e->t.from = 0;
}

/* Digests can be compared only for the same stretch. */
static void set_end(struct encrypted *e, uint32_t to)
{
	e->has_digest = e->has_digest && to == e->t.to;
	e->t.to = to;
}

static bool write_step(void *ctx, struct ef_err *err)
{
	struct encrypted *e = ctx;
	struct transfer *t = &e->t;

	transfer_show(t, 0);
	doubt(e);
	while (t->from < e->region.len) {
		uint32_t left = e->region.len - t->from;

		if (!ef_recover_climb(t->f, left, err))
			return false;
		left = left < t->window ? left : t->window;
		set_end(e, t->from + ef_recover_climb_in(t->f, left));
		if (!probe(e, err) || !write_stretch(e, err))
			return false;
		ef_recover_progress(t->f, EF_WORK_WRITE);
		e->misses = 0;
		t->window = transfer_grow(t->window, ef_budgets.pieces.window_encrypted);
		t->from = t->to;
		doubt(e);
	}
	return true;
}

static void write_failed(void *ctx, const struct ef_err *cause)
{
	struct encrypted *e = ctx;
	struct transfer *t = &e->t;

	pack_close(&t->packer);
	e->is_probed = false;
	if (cause->fault.kind != EF_FAULT_DIFFERS) {
		e->has_digest = false;
		t->window = transfer_shrink(t->window, EF_SECTOR);
	} else {
		/* the digest of the last write stays: the next one may agree with it */
		e->misses++;
	}
}

static void write_again(void *ctx, const struct ef_err *cause)
{
	struct encrypted *e = ctx;
	struct transfer *t = &e->t;

	if (t->is_begun)
		transfer_shrink_piece(t->f);
	ef_event_warn(t->f, "%s", cause->msg);
	if (t->is_begun)
		ef_event_warn(t->f, "writing '%s' again from 0x%08x", e->region.label,
			      e->region.addr + t->from);
}

static bool write_region(void *ctx, struct ef_err *err)
{
	struct encrypted *e = ctx;

	if (write_step(ctx, err))
		return true;
	if (err->fault.kind == EF_FAULT_DIFFERS && e->misses >= ef_budgets.misses.tries)
		ef_fault_final(err);
	return false;
}

static void tell(const struct encrypted *e, struct ef_write_stats *stats)
{
	const struct transfer *t = &e->t;

	stats->bytes += e->region.len;
	stats->sectors += e->region.len / EF_SECTOR;
	stats->written_sectors += e->region.len / EF_SECTOR;
	stats->wire_bytes += t->sent;
	ef_event_region(t->f, transfer_verifies(t) ? EF_EVENT_ENCRYPTED : EF_EVENT_WRITTEN,
			e->region.label, e->region.addr, e->region.len);
}

bool ef_write_encrypted(struct ef_flasher *f, const struct ef_region *region,
			const struct ef_write_opts *opts, struct ef_write_stats *stats,
			struct ef_err *err)
{
	struct encrypted e = { .damages = f->recovery.damages };
	struct ef_try writing = { .work = EF_WORK_WRITE,
				  .step = write_region,
				  .failed = write_failed,
				  .again = write_again,
				  .ctx = &e };
	bool ok;

	e.t = (struct transfer){
		.f = f, .opts = opts, .window = ef_budgets.pieces.window_encrypted, .encrypts = true
	};
	if (!pad(&e, region, f->dev.chip->crypt.align, err))
		return false;
	e.t.region = &e.region;
	ok = ef_try(f, &writing, err);
	pack_close(&e.t.packer);
	if (ok)
		tell(&e, stats);
	else
		(void)transfer_explain(&e.t, err);
	free(e.padded);
	return ok;
}
