/* SPDX-License-Identifier: MIT */
/* Finds out by the chip's own MD5 how much of a region is right. */
#include "flasher/proof.h"

#include <string.h>

#include "base/hash.h"

/* A binary search. The first question covers everything. */
bool proof_find_units(struct ef_flasher *f, const struct ef_region *r, uint32_t unit,
		      uint32_t *proved, uint32_t written, struct ef_err *err)
{
	uint32_t low = *proved, high = written, try = written;
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];

	while (high > low) {
		ef_md5(r->data + low, try - low, want);
		if (!ef_rom_flash_md5(&f->rom, r->addr + low, try - low, got, err))
			return false;
		if (memcmp(want, got, sizeof(want)) == 0)
			low = try;
		else
			high = (try - 1) / unit * unit;
		*proved = low;
		try = low / unit * unit + ef_div_up((high - low / unit * unit) / unit, 2) * unit;
	}
	return true;
}

bool proof_find(struct ef_flasher *f, const struct ef_region *r, uint32_t *proved, uint32_t written,
		struct ef_err *err)
{
	/* an incomplete sector is not proved, except the region's last one */
	if (written < r->len)
		written = written / EF_SECTOR * EF_SECTOR;
	return proof_find_units(f, r, EF_SECTOR, proved, written, err);
}
