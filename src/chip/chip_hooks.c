/* SPDX-License-Identifier: MIT */
/*
 * Helpers that the chips' own files share: reading an eFuse field, the wording of feature lists
 * (espflash's words first, then the memory that the eFuses report), and the two lists of flash
 * frequencies that most chips have.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/util.h"
#include "chip/chip_hooks.h"

bool ef_efuse_read(const struct ef_efuse *field, const struct ef_regs *regs, uint32_t *ret,
		   struct ef_err *err)
{
	uint32_t value = 0, word;

	for (unsigned i = 0; i < EF_EFUSE_PARTS && field->part[i].width; i++) {
		const struct ef_efuse_part *part = &field->part[i];

		if (!regs->read(regs->ctx, part->reg, &word, err))
			return false;
		value |= ((word >> part->shift) & ef_low_mask(part->width)) << part->lsb;
	}
	*ret = value;
	return true;
}

/* espflash: target/mod.rs, encode_flash_frequency. C6 has F for 80 MHz here, 0 in esptool. */
const struct ef_flash_freq ef_chip_freqs_26m[] = {
	{ 80, 0xf }, { 40, 0x0 }, { 26, 0x1 }, { 20, 0x2 }, { 0, 0 },
};
const struct ef_flash_freq ef_chip_freqs_no_26m[] = {
	{ 80, 0xf },
	{ 40, 0x0 },
	{ 20, 0x2 },
	{ 0, 0 },
};

void ef_features_begin(struct ef_chip_features *f, const struct ef_chip *chip, const char *words)
{
	ef_strlcpy(f->text, sizeof(f->text), words);
	ef_strlcpy(f->package, sizeof(f->package), chip->label);
}

void ef_features_add(struct ef_chip_features *f, const char *fmt, ...)
{
	size_t len = strlen(f->text);
	va_list ap;

	if (len) {
		ef_strlcpy(f->text + len, sizeof(f->text) - len, ", ");
		len = strlen(f->text);
	}
	va_start(ap, fmt);
	vsnprintf(f->text + len, sizeof(f->text) - len, fmt, ap);
	va_end(ap);
}

static const char *name_of(const char *const names[CAPS], uint32_t value)
{
	return value < CAPS ? names[value] : NULL;
}

static bool has_names(const char *const names[CAPS])
{
	for (unsigned i = 0; i < CAPS; i++)
		if (names[i])
			return true;
	return false;
}

/*
 * Capacity 0 means no memory in the package. Espressif has not published the
 * capacity codes of some chips; for those the text gives no size.
 */
static void add_memory(struct ef_chip_features *f, const char *what, const char *const sizes[CAPS],
		       uint32_t cap, const char *vendor)
{
	const char *size = name_of(sizes, cap);
	char tail[16] = "";

	if (cap == 0)
		return;
	if (vendor)
		ef_snprintf(tail, sizeof(tail), " (%s)", vendor);
	if (size)
		ef_features_add(f, "Embedded %s %s%s", what, size, tail);
	else if (has_names(sizes))
		ef_features_add(f, "Unknown Embedded %s%s", what, tail);
	else
		ef_features_add(f, "Embedded %s%s", what, tail);
}

bool ef_features_from_table(const struct ef_feature_table *table, const struct ef_chip *chip,
			    const struct ef_regs *regs, struct ef_chip_features *ret,
			    struct ef_err *err)
{
	uint32_t flash, flash_vendor, psram, psram_vendor, package;
	struct ef_chip_features f;
	const char *name;

	if (!ef_efuse_read(&chip->efuse.flash_cap, regs, &flash, err) ||
	    !ef_efuse_read(&chip->efuse.flash_vendor, regs, &flash_vendor, err) ||
	    !ef_efuse_read(&chip->efuse.psram_cap, regs, &psram, err) ||
	    !ef_efuse_read(&chip->efuse.psram_vendor, regs, &psram_vendor, err) ||
	    !ef_efuse_read(&chip->efuse.package, regs, &package, err))
		return false;
	ef_features_begin(&f, chip, table->words);
	add_memory(&f, "Flash", table->flash_size, flash,
		   name_of(table->flash_vendor, flash_vendor));
	add_memory(&f, "PSRAM", table->psram_size, psram,
		   name_of(table->psram_vendor, psram_vendor));
	name = name_of(table->package, package);
	if (name)
		ef_strlcpy(f.package, sizeof(f.package), name);
	*ret = f;
	return true;
}

bool ef_chip_read_features(const struct ef_chip *chip, const struct ef_regs *regs,
			   uint16_t revision, struct ef_chip_features *ret, struct ef_err *err)
{
	if (chip->hooks.features)
		return chip->hooks.features(chip, regs, revision, ret, err);
	return ef_features_from_table(chip->features, chip, regs, ret, err);
}
