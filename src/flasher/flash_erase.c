/* SPDX-License-Identifier: MIT */
/*
 * Knows who can erase what: a stub has commands for it, a ROM erases what a
 * FLASH_BEGIN announces. Long ranges go in steps that end at a multiple of
 * 1 MiB, so that there is progress to show and a place to stop; the chip's
 * 64 KiB block erases stay whole.
 */
#include "flasher/flasher_priv.h"

#define STEP EF_MIB

static bool erase_step(struct ef_flasher *f, uint32_t addr, uint32_t len, struct ef_err *err)
{
	const struct ef_flash_begin begin = {
		.size = len,
		.blocks = ef_div_up(len, f->flash_block),
		.block_size = f->flash_block,
		.addr = addr,
		.has_encrypt_word = f->has_encrypt_word,
	};

	if (f->rom.loader == EF_LOADER_STUB)
		return ef_rom_erase_region(&f->rom, addr, len, err);
	return ef_rom_flash_begin(&f->rom, &begin, err);
}

bool ef_flasher_erase_region(struct ef_flasher *f, uint32_t addr, uint32_t len, const char *label,
			     struct ef_err *err)
{
	uint32_t size = f->dev.flash_size;

	if (addr % EF_SECTOR || len % EF_SECTOR)
		return ef_fail(
			err, EF_E_INPUT,
			"an erase of 0x%x bytes at 0x%08x doesn't start and end at multiples "
			"of 0x%x",
			len, addr, EF_SECTOR);
	if (!ef_range_ok(addr, len, size ? size : UINT32_MAX))
		return ef_fail(err, EF_E_INPUT,
			       "0x%x bytes at 0x%08x pass the end of the flash at 0x%08x", len,
			       addr, size);
	ef_event_progress(f, EF_STAGE_ERASE, label, addr, 0, len);
	for (uint32_t pos = 0; pos < len;) {
		uint32_t step = STEP - (addr + pos) % STEP;

		if (step > len - pos)
			step = len - pos;
		if (!erase_step(f, addr + pos, step, err))
			return ef_context(err, "cannot erase 0x%x bytes at 0x%08x", step,
					  addr + pos);
		pos += step;
		ef_event_progress(f, EF_STAGE_ERASE, label, addr, pos, len);
	}
	return true;
}

bool ef_flasher_erase_all(struct ef_flasher *f, struct ef_err *err)
{
	uint32_t size = f->dev.flash_size;

	if (f->rom.loader == EF_LOADER_ROM && size == 0) {
		ef_fail(err, EF_E_UNSUPP,
			"the ROM loader erases ranges only, and the flash size is unknown");
		return ef_hint(err, "give --flash-size");
	}
	if (f->rom.loader == EF_LOADER_ROM)
		return ef_flasher_erase_region(f, 0, size, NULL, err);
	ef_event_progress(f, EF_STAGE_ERASE, NULL, 0, 0, size);
	if (!ef_rom_erase_flash(&f->rom, size, err))
		return ef_context(err, "cannot erase the flash");
	ef_event_progress(f, EF_STAGE_ERASE, NULL, 0, size, size);
	return true;
}
