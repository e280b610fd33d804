/* SPDX-License-Identifier: MIT */
/* Checks regions before anything is written: alignment, flash size and overlaps. */
#include "flasher/write_check.h"

#include "flasher/spi_flash.h"

static bool check_region(const struct ef_flasher *f, const struct ef_region *r, struct ef_err *err)
{
	uint32_t size = f->dev.flash_size;

	if (r->addr % EF_SECTOR)
		return ef_fail(err, EF_E_INPUT,
			       "'%s' would start at 0x%08x, which is not a multiple of 0x%x",
			       r->label, r->addr, EF_SECTOR);
	if (!ef_range_ok(r->addr, r->len, size ? size : UINT32_MAX))
		return ef_fail_past_flash(r->label, r->addr, r->len, size, err);
	return ef_flash_reach_check(f, r->label, r->addr, r->len, err);
}

/* If two regions shared a sector, writing the second would erase part of the first. */
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

bool ef_write_check(const struct ef_flasher *f, const struct ef_region *regions, size_t count,
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
