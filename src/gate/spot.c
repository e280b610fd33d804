/* SPDX-License-Identifier: MIT */
/*
 * Finds out what lies at an address of a plan: its content, its partition, and whether an image
 * there can run on the chip. The rules for revisions are esptool's (cmds.py, write_flash) and
 * ESP-IDF's (bootloader_common_loader.c).
 */
#include "gate/gate.h"

#include <espflash/boot.h>

uint64_t gate_end(const struct ef_plan_region *r)
{
	return (uint64_t)r->region.addr + r->region.len - r->kept_end;
}

const struct ef_partition *gate_partition(const struct gate *g, uint32_t addr)
{
	for (size_t i = 0; g->table && i < g->table->count; i++) {
		const struct ef_partition *p = &g->table->part[i];

		if (addr >= p->offset && addr - p->offset < p->size)
			return p;
	}
	return NULL;
}

/* An erased sector is blank, whatever follows it: merged files have such gaps. */
static enum ef_content kind_at(const uint8_t *data, size_t len)
{
	size_t n = len < EF_SECTOR ? len : EF_SECTOR;

	return ef_content_of(data, n) == EF_CONTENT_BLANK ? EF_CONTENT_BLANK
							  : ef_content_of(data, len);
}

bool gate_spot(const struct gate *g, const struct ef_plan_region *r, uint32_t addr,
	       struct spot *ret)
{
	/*
	 * kept bytes of a sector are not the user's content, and an image may continue behind them
	 */
	if (addr < (uint64_t)r->region.addr + r->kept || addr >= gate_end(r))
		return false;
	*ret = (struct spot){ .region = r,
			      .data = r->region.data + (addr - r->region.addr),
			      .len = (size_t)(gate_end(r) - addr),
			      .addr = addr,
			      .part = gate_partition(g, addr),
			      .is_start = addr == r->region.addr + r->kept };
	ret->kind = kind_at(ret->data, ret->len);
	return true;
}

struct spot gate_file_start(const struct gate *g, const struct ef_plan_region *r)
{
	struct spot s = { .region = r };

	(void)!gate_spot(g, r, r->region.addr + r->kept, &s);
	return s;
}

/* ---- merged files ---- */

/* Return whether the first bytes are those of an image for this chip. */
static bool is_image_here(const struct gate *g, const struct spot *spot, uint64_t off)
{
	struct ef_image_info info;

	return off < spot->len &&
	       ef_image_parse_start(spot->data + off, spot->len - (size_t)off, &info) &&
	       info.chip_id == g->target->chip->image_id && info.segment_count > 0;
}

/*
 * A merged file has a bootloader and a table at the distance that both have in flash. The table
 * is searched in the first 64 KiB, since the file may start at 0 or at the boot address.
 */
bool gate_merged_base(const struct gate *g, const struct spot *spot, uint32_t *ret)
{
	/* without a table, or with one before the bootloader, this is longer than any file */
	uint32_t gap = g->table_at - g->boot;

	for (uint32_t off = 0; off <= g->boot && off < spot->len; off += EF_SECTOR)
		if (spot->len - off > gap && is_image_here(g, spot, off) &&
		    ef_partition_is_binary(spot->data + off + gap, spot->len - off - gap)) {
			*ret = g->boot - off;
			return true;
		}
	return false;
}

/* ---- one image ---- */

static bool other_chip(struct gate *g, const struct spot *spot, uint16_t id)
{
	const struct ef_chip *other = ef_chip_by_image_id(id);
	const char *label = g->target->chip->label;

	if (id == g->target->chip->image_id)
		return false;
	if (other)
		gate_hint(gate_add(g, EF_FINDING_OTHER_CHIP, spot,
				   ": the image is for %s, and this chip is %s", other->label,
				   label),
			  EF_HINT_GATE_OTHER_CHIP);
	else
		gate_hint(gate_add(g, EF_FINDING_OTHER_CHIP, spot,
				   ": the image is for a chip with id %u, and this one is %s (%u)",
				   id, label, g->target->chip->image_id),
			  EF_HINT_GATE_OTHER_CHIP);
	return true;
}

/* Old images have only the byte: a major revision, on one chip (C3) a minor one. */
static bool is_too_old_legacy(const struct gate *g, const struct ef_image_info *info)
{
	uint16_t rev = g->target->revision;
	bool is_minor = g->target->chip->flags & EF_CHIP_LEGACY_REV_IS_MINOR;

	return (is_minor ? rev % 100u : rev / 100u) < info->min_rev_legacy;
}

static bool other_revision(struct gate *g, const struct spot *spot,
			   const struct ef_image_info *info)
{
	uint16_t rev = g->target->revision, max = info->max_rev ? info->max_rev : EF_BOOT_ANY_REV;
	bool is_old = info->max_rev == 0 ||
		      (info->max_rev == EF_BOOT_ANY_REV && !info->min_rev && info->min_rev_legacy);
	struct ef_finding *f;

	if (!g->target->has_revision)
		return false;
	if (is_old && is_too_old_legacy(g, info))
		f = gate_add(g, EF_FINDING_REVISION, spot,
			     ": the image needs revision %s%u or later, and this chip is v%u.%u",
			     g->target->chip->flags & EF_CHIP_LEGACY_REV_IS_MINOR ? "v0." : "v",
			     info->min_rev_legacy, rev / 100u, rev % 100u);
	else if (rev < info->min_rev)
		f = gate_add(g, EF_FINDING_REVISION, spot,
			     ": the image needs revision v%u.%u or later, and this chip is v%u.%u",
			     info->min_rev / 100u, info->min_rev % 100u, rev / 100u, rev % 100u);
	else if (rev > max)
		f = gate_add(g, EF_FINDING_REVISION, spot,
			     ": the image is for revisions up to v%u.%u, and this chip is v%u.%u",
			     max / 100u, max % 100u, rev / 100u, rev % 100u);
	else
		return false;
	gate_hint(f, EF_HINT_GATE_REVISION);
	return true;
}

/* The ROM ignores a wrong digest of a bootloader; the bootloader refuses an app for it. */
static bool is_damaged(struct gate *g, const struct spot *spot, struct ef_image_info *info)
{
	struct ef_err why = EF_ERR_INIT;
	bool is_whole = ef_image_parse(spot->data, spot->len, info, &why);

	if (is_whole && ef_image_verify(info, &why))
		return false;
	if (is_whole && info->checksum_stored == info->checksum_computed && spot->addr == g->boot &&
	    !g->target->locks.is_secure_boot) {
		gate_add(g, EF_FINDING_STALE_DIGEST, spot,
			 ": the bootloader's SHA-256 digest is wrong, as after a change "
			 "of its flash settings without a new digest; the ROM starts it "
			 "all the same");
		return false;
	}
	/* in a copy of a flash, a slot may contain a part of an interrupted update */
	if (spot->is_spare)
		gate_add(g, EF_FINDING_SLOT_UNKNOWN, spot, " (partition '%.16s'): %s",
			 spot->part->name, why.msg);
	else
		gate_hint(gate_add(g, EF_FINDING_DAMAGED, spot, ": %s", why.msg),
			  EF_HINT_GATE_DAMAGED);
	return true;
}

bool gate_image(struct gate *g, const struct spot *spot, struct ef_image_info *ret)
{
	if (ef_image_parse_start(spot->data, spot->len, ret) &&
	    (other_chip(g, spot, ret->chip_id) || other_revision(g, spot, ret)))
		return false;
	return !is_damaged(g, spot, ret);
}

bool gate_may_be_cipher(const struct gate *g, const struct ef_plan_region *r)
{
	return !r->encrypts && (g->target->locks.is_encrypted || r->is_encrypted);
}
