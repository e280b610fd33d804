/* SPDX-License-Identifier: MIT */
/* Finds out by the chip's own MD5 what the flash holds. */
#include "flasher/proof.h"

#include <stdlib.h>
#include <string.h>

/* A binary search over sectors. The first question covers everything that was written. */
bool proof_find(struct ef_flasher *f, const struct ef_region *r, uint32_t *proved, uint32_t written,
		struct ef_err *err)
{
	uint32_t low = *proved, high = written, try = written;
	uint8_t want[EF_MD5_LEN], got[EF_MD5_LEN];

	if (high < r->len)
		try = high = high / EF_SECTOR * EF_SECTOR;
	while (high > low) {
		ef_md5(r->data + low, try - low, want);
		if (!ef_rom_flash_md5(&f->rom, r->addr + low, try - low, got, err))
			return false;
		if (memcmp(want, got, sizeof(want)) == 0)
			low = try;
		else
			high = (try - 1) / EF_SECTOR * EF_SECTOR;
		*proved = low;
		try = low + ef_div_up((high - low) / EF_SECTOR, 2) * EF_SECTOR;
	}
	return true;
}

bool proof_is_blank(const uint8_t md5[EF_MD5_LEN], uint32_t len, bool *ret, struct ef_err *err)
{
	uint8_t want[EF_MD5_LEN], *blank = malloc(len);

	if (!blank)
		return ef_fail(err, EF_E_IO, "out of memory");
	memset(blank, 0xff, len);
	ef_md5(blank, len, want);
	free(blank);
	*ret = memcmp(md5, want, sizeof(want)) == 0;
	return true;
}

bool proof_is_erased(struct ef_flasher *f, uint32_t addr, uint32_t len, bool *ret,
		     struct ef_err *err)
{
	uint8_t md5[EF_MD5_LEN];

	return ef_rom_flash_md5(&f->rom, addr, len, md5, err) && proof_is_blank(md5, len, ret, err);
}
