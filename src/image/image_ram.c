/* SPDX-License-Identifier: MIT */
/*
 * Makes the regions of a program that is loaded into RAM. Sections are merged and padded as in an
 * image; each piece is one region. Regions consist of whole words, because the chip writes words.
 */
#include <stdlib.h>

#include "image/image_priv.h"

static bool check_ram_only(const struct ef_elf *elf, const struct ef_chip *chip, struct ef_err *err)
{
	for (size_t i = 0; i < elf->section_count; i++) {
		const struct ef_elf_section *s = &elf->sections[i];

		if (!ef_section_is_loadable(s) || !ef_chip_is_flash_addr(chip, s->addr))
			continue;
		ef_fail(err, EF_E_INPUT,
			"section '%s' at 0x%08x is mapped from flash: this program can't be "
			"loaded to RAM",
			s->name, s->addr);
		return ef_hint_set(err, EF_HINT_ELF_FOR_FLASH);
	}
	return true;
}

static bool copy_ram(const struct ef_pieces *ram, struct ef_region **ret, size_t *ret_count,
		     uint8_t **ret_block, struct ef_err *err)
{
	struct ef_region *regions = NULL;
	uint8_t *block = NULL;
	uint64_t total = 0;
	uint32_t off = 0;

	for (size_t i = 0; i < ram->count; i++)
		total += ram->piece[i].len;
	if (ram->count == 0)
		return ef_fail(err, EF_E_INPUT, "the ELF has nothing to load");
	if (total > EF_MAX_IMAGE)
		return ef_fail(err, EF_E_INPUT, "%llu bytes don't fit any RAM",
			       (unsigned long long)total);
	regions = calloc(ram->count, sizeof(*regions));
	block = malloc((size_t)total);
	if (regions == NULL || block == NULL) {
		free(regions);
		free(block);
		return ef_fail(err, EF_E_IO, "out of memory for %llu bytes",
			       (unsigned long long)total);
	}
	for (size_t i = 0; i < ram->count; i++) {
		const struct ef_piece *p = &ram->piece[i];

		ef_piece_copy(ram, p, 0, p->len, block + off);
		regions[i] = (struct ef_region){ p->addr, block + off, p->len,
						 ram->section[p->first]->name };
		off += p->len;
	}
	*ret = regions;
	*ret_count = ram->count;
	*ret_block = block;
	return true;
}

bool ef_image_ram_segments(const struct ef_elf *elf, const struct ef_chip *chip,
			   struct ef_region **ret, size_t *ret_count, uint8_t **ret_block,
			   struct ef_err *err)
{
	struct ef_pieces ram = { .section = NULL };
	bool ok;

	ok = check_ram_only(elf, chip, err) && ef_pieces_collect(elf, chip, false, &ram, err) &&
	     copy_ram(&ram, ret, ret_count, ret_block, err);
	ef_pieces_release(&ram);
	return ok;
}
