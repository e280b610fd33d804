/* SPDX-License-Identifier: MIT */
/*
 * Finds what may keep a program from starting although an image can be made of it. The rules are
 * those of ESP-IDF's second-stage bootloader: esp_image_format.c has the addresses that it loads
 * (should_load, verify_load_addresses), and bootloader_utility.c the segments that it maps
 * (unpack_load_app). The known memory is esptool's, which may be incomplete, so these are doubts
 * and not errors.
 */
#include <stdarg.h>
#include <stdio.h>

#include "image/image_priv.h"

/* The bootloader skips segments below, which are for tools (should_load). */
#define LOADABLE_FROM 0x10000000u
/* Report at most this many places: a program for another chip may have hundreds. */
#define PLACES_MAX 4u

struct doubts {
	const struct ef_elf *elf;
	const struct ef_chip *chip;
	ef_doubt_fn *tell;
	void *user;
	unsigned places;
};

static void tell(const struct doubts *d, const char *fmt, ...) EF_PRINTF(2, 3);

static void tell(const struct doubts *d, const char *fmt, ...)
{
	char text[320];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* truncation is acceptable */
	va_end(ap);
	ef_clean_text(text);
	d->tell(d->user, text);
}

/* ---- what is loaded into RAM ---- */

/* Return whether a bootloader can fill the memory at addr. It has not set up PSRAM yet. */
static bool is_filled(const struct ef_chip *chip, uint32_t addr)
{
	const struct ef_mem *mem = ef_chip_mem(chip, addr);

	return mem && mem->kind != EF_MEM_ROM && mem->kind != EF_MEM_PSRAM;
}

static void doubt_ram_piece(struct doubts *d, const struct ef_pieces *ram,
			    const struct ef_piece *piece)
{
	const struct ef_elf_section *s = ram->section[piece->first];
	const struct ef_mem *mem = ef_chip_mem(d->chip, piece->addr);

	if (is_filled(d->chip, piece->addr) && is_filled(d->chip, piece->addr + piece->len - 1))
		return;
	if (d->places++ >= PLACES_MAX)
		return;
	if (piece->addr < LOADABLE_FROM)
		tell(d,
		     "section '%s' (0x%08x, %u bytes) is below 0x10000000: ESP-IDF's bootloader "
		     "does not load it",
		     s->name, piece->addr, piece->len);
	else
		tell(d,
		     "section '%s' (0x%08x, %u bytes) is not in RAM: %s has %s there, and "
		     "ESP-IDF's "
		     "bootloader refuses the image (\"bad load address range\")",
		     s->name, piece->addr, piece->len, d->chip->label,
		     mem ? mem->name : "no memory that is known");
}

/* ---- what is mapped from flash ---- */

static bool has_drom(const struct ef_chip *chip)
{
	for (unsigned i = 0; i < EF_CHIP_MEMS && chip->mem[i].end; i++)
		if (chip->mem[i].kind == EF_MEM_DROM)
			return true;
	return false;
}

/* If several pieces have one kind, the bootloader maps only the last one. */
static void doubt_kind(struct doubts *d, const struct ef_pieces *flash, enum ef_mem_kind kind,
		       const char *name)
{
	const struct ef_piece *last = NULL;

	for (size_t i = 0; i < flash->count; i++) {
		const struct ef_piece *piece = &flash->piece[i];

		if (ef_chip_mem(d->chip, piece->addr)->kind != kind)
			continue;
		if (last && d->places++ < PLACES_MAX)
			tell(d,
			     "the program has two pieces of %s, at 0x%08x and at 0x%08x ('%s'): "
			     "ESP-IDF's bootloader maps only the last one",
			     name, last->addr, piece->addr, flash->section[piece->first]->name);
		last = piece;
	}
}

/*
 * If code and data have separate address ranges, one piece of each is mapped. Chips with one range
 * for both (SOC_MMU_DI_VADDR_SHARED) map two pieces, and an assertion stops the bootloader at a
 * third.
 */
static void doubt_flash(struct doubts *d, const struct ef_pieces *flash)
{
	if (has_drom(d->chip)) {
		doubt_kind(d, flash, EF_MEM_DROM, "DROM");
		doubt_kind(d, flash, EF_MEM_IROM, "IROM");
	} else if (flash->count > 2) {
		tell(d,
		     "the program has %zu pieces that are mapped from flash (the third at 0x%08x, "
		     "'%s'): ESP-IDF's bootloader maps two and stops at the third",
		     flash->count, flash->piece[2].addr,
		     flash->section[flash->piece[2].first]->name);
	}
}

/* ---- the whole ---- */

/* espflash relies on the section's name; ESP-IDF's bootloader looks for the magic word. */
static void doubt_descriptor(const struct doubts *d)
{
	const struct ef_elf_section *s = ef_elf_app_desc(d->elf);

	if (s && !ef_section_is_app_desc(s))
		tell(d,
		     "section '%s' holds no app descriptor: ESP-IDF's bootloader may refuse the "
		     "image (\"Failed to fetch app description header!\")",
		     s->name);
}

static bool is_in(const struct ef_pieces *pieces, uint32_t addr)
{
	for (size_t i = 0; i < pieces->count; i++)
		if (addr - pieces->piece[i].addr < pieces->piece[i].len)
			return true;
	return false;
}

static void doubt_entry(const struct doubts *d, const struct ef_pieces *flash,
			const struct ef_pieces *ram)
{
	if (!is_in(flash, d->elf->entry) && !is_in(ram, d->elf->entry))
		tell(d,
		     "the entry point 0x%08x is in no section that is loaded: the chip would "
		     "jump to nowhere",
		     d->elf->entry);
}

void ef_image_doubts(const struct ef_elf *elf, const struct ef_chip *chip, ef_doubt_fn *fn,
		     void *user)
{
	struct doubts d = { .elf = elf, .chip = chip, .tell = fn, .user = user };
	struct ef_pieces flash = { .section = NULL }, ram = flash;
	struct ef_err ignored = EF_ERR_INIT; /* ef_image_build reports it */

	if (ef_pieces_collect(elf, chip, true, &flash, &ignored) &&
	    ef_pieces_collect(elf, chip, false, &ram, &ignored)) {
		for (size_t i = 0; i < ram.count; i++)
			doubt_ram_piece(&d, &ram, &ram.piece[i]);
		/* Zephyr's own loader maps what its programs need */
		if (!ef_elf_is_zephyr(elf))
			doubt_flash(&d, &flash);
		doubt_descriptor(&d);
		doubt_entry(&d, &flash, &ram);
	}
	ef_pieces_release(&flash);
	ef_pieces_release(&ram);
}
