/* SPDX-License-Identifier: MIT */
/*
 * Has what all ways to write a region share: what to send, what to show, and what a failure means.
 */
#include "flasher/transfer.h"

uint32_t transfer_content_len(const uint8_t *data, uint32_t len, bool by_stub)
{
	uint32_t end = len, least = 4;

	if (by_stub)
		least = (len - 1) / EF_SECTOR * EF_SECTOR + 4;
	while (end > least && data[end - 1] == 0xff)
		end--;
	/* flash is programmed in words */
	end = ef_div_up(end, 4) * 4;
	return end < len ? end : len;
}

/* Content that is written again was shown already, and progress never goes back. */
void transfer_show(struct transfer *t, uint32_t done)
{
	const struct ef_region *r = t->region;

	if (done < t->shown)
		return;
	t->shown = done + 1;
	ef_event_progress(t->f, EF_STAGE_WRITE, r->label, r->addr, done, r->len);
}

uint32_t transfer_shrink(uint32_t len, uint32_t least)
{
	uint32_t part = len / ef_budgets.pieces.shrink;

	return part > least ? part : least;
}

uint32_t transfer_grow(uint32_t len, uint32_t most)
{
	return len < most ? len * ef_budgets.pieces.grow : most;
}

void transfer_shrink_piece(struct ef_flasher *f)
{
	uint32_t piece = f->recovery.piece ? f->recovery.piece : f->form.flash_block;

	if (f->rom.loader == EF_LOADER_ROM)
		return; /* all of a ROM's blocks have the same length */
	f->recovery.piece = transfer_shrink(piece, ef_budgets.pieces.least);
}

void transfer_grow_piece(struct ef_flasher *f)
{
	uint32_t piece = f->recovery.piece * ef_budgets.pieces.grow;

	f->recovery.piece = piece < f->form.flash_block ? piece : 0;
}

bool transfer_verifies(const struct transfer *t)
{
	return !t->opts->no_verify && !t->f->dev.is_secure_download;
}

bool transfer_explain(const struct transfer *t, struct ef_err *err)
{
	const struct ef_region *r = t->region;
	uint32_t end = r->addr + ef_div_up(r->len, EF_SECTOR) * EF_SECTOR - 1;

	if (!t->is_begun)
		return ef_context(err, "cannot write '%s' at 0x%08x (nothing was changed there)",
				  r->label, r->addr);
	if (err->hint.id == EF_HINT_NONE)
		ef_hint_set(err, EF_HINT_WRITE_AGAIN);
	if (t->proved && !t->f->dev.is_secure_download)
		return ef_context(err,
				  "cannot write '%s' (written and verified from 0x%08x up to "
				  "0x%08x; from there to 0x%08x partly erased or written)",
				  r->label, r->addr, r->addr + t->proved, end);
	return ef_context(err,
			  "cannot write '%s' (0x%08x to 0x%08x is now partly erased or written)",
			  r->label, r->addr, end);
}
