/* SPDX-License-Identifier: MIT */
/*
 * Reads bootloaders out of files: an image, the content of a whole flash, an ELF that is made
 * into an image as Arduino does, a program that contains several, or an archive.
 */
#include "cli/bootloader/boot_list.h"

#include <stdlib.h>

#include <espflash/content.h>

void boot_list_release(struct boot_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->item[i].content);
	free(l->item);
	l->item = NULL;
	l->count = 0;
}

static bool grow(struct boot_list *l)
{
	struct boot_found *item;

	if (l->count == BOOTS_MAX) {
		l->is_full = true;
		return false;
	}
	if (l->count % 16)
		return true;
	item = realloc(l->item, (l->count + 16) * sizeof(*item));
	if (item)
		l->item = item;
	return item != NULL;
}

static const char *name_of(const struct boot_file *f)
{
	return *f->inside ? f->inside : f->path;
}

/* The configuration overrides the header, whose fields ELFs don't have. */
static void apply_config(const struct boot_list *l, struct boot_found *b, const struct boot_file *f)
{
	b->has_config = !*f->inside && boot_config_of(f->path, l->sudo_uid, &b->config) &&
			strcmp(b->config.target, b->boot.chip->name) == 0;
	if (!b->has_config)
		return;
	if (b->config.xtal_mhz)
		b->boot.xtal_mhz = b->config.xtal_mhz;
	b->boot.burns_efuses |= b->config.burns_efuses;
}

/* Copy the image; if memory is short, the bootloader counts as not found. */
static struct boot_found *add(struct boot_list *l, const struct boot_file *f,
			      const struct ef_boot *boot)
{
	struct boot_found *b;
	uint8_t *content;

	if ((l->only && boot->chip != l->only) || !grow(l))
		return NULL;
	content = malloc(boot->len);
	if (!content)
		return NULL;
	memcpy(content, boot->data, boot->len);
	b = &l->item[l->count++];
	*b = (struct boot_found){ .place = l->place, .content = content, .boot = *boot };
	b->boot.data = content;
	(void)ef_strlcpy(b->path, sizeof(b->path), f->path);
	(void)ef_strlcpy(b->inside, sizeof(b->inside), f->inside);
	b->variant = boot_variant_of(name_of(f));
	b->boot.xtal_mhz = boot_crystal_of(name_of(f), boot->chip);
	if (boot_revision_of(name_of(f), boot->chip) > b->boot.min_rev)
		b->boot.min_rev = boot_revision_of(name_of(f), boot->chip);
	apply_config(l, b, f);
	return b;
}

/* ---- images ---- */

/* A place in flash or a name counts as evidence, too: not every bootloader has a greeting. */
static bool is_named(const struct boot_file *f)
{
	return strstr(ef_base_name(name_of(f)), "bootloader") != NULL;
}

static void read_image(struct boot_list *l, const struct boot_file *f, size_t off, bool is_placed)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_boot boot;
	struct boot_found *b;

	if (!ef_boot_judge(f->data + off, f->len - off, &boot, &err)) {
		(void)ef_snprintf(l->why, sizeof(l->why), "'%s': %s", name_of(f), err.msg);
		return;
	}
	if (!boot.is_certain && !is_placed && !is_named(f)) {
		(void)ef_snprintf(l->why, sizeof(l->why),
				  "'%s': it could be any program for RAM: neither its content nor "
				  "its name shows that it is a bootloader",
				  name_of(f));
		return;
	}
	boot.off = off;
	b = add(l, f, &boot);
	if (b)
		b->is_offset = off != 0;
}

/* Read one image, or the content of a whole flash. */
static void read_flash(struct boot_list *l, const struct boot_file *f)
{
	struct ef_file_layout *layout = malloc(sizeof(*layout));

	if (!layout)
		return;
	ef_file_survey(f->data, f->len, layout);
	if (layout->kind == EF_FILE_MERGED && layout->has_bootloader)
		read_image(l, f, layout->bootloader_off - layout->base, true);
	else if (layout->kind == EF_FILE_IMAGE)
		read_image(l, f, 0, false);
	free(layout);
}

/* ---- ELFs ---- */

static bool build(const struct ef_elf *elf, const struct boot_file *f, const struct ef_chip *chip,
		  const struct ef_sdkconfig *config, uint8_t **ret, size_t *ret_len,
		  struct ef_err *err)
{
	struct boot_variant v = boot_variant_of(name_of(f));
	struct ef_boot_build opts = { .chip = chip, .max_rev = EF_BOOT_ANY_REV };
	uint8_t code;

	if (elf->has_app_desc_symbol)
		return ef_fail(err, EF_E_INPUT, "it is the ELF of an app, not of a bootloader");
	if (!chip)
		return ef_fail(err, EF_E_INPUT,
			       "the bootloader's ELF doesn't name its chip, and no folder in its "
			       "path is named after one");
	if (config->has_revs) {
		opts.min_rev = config->min_rev;
		opts.max_rev = config->max_rev;
	} else if (ef_boot_has_families(opts.chip)) {
		return ef_fail(err, EF_E_INPUT,
			       "for which revisions of %s the ELF was built is not known",
			       opts.chip->label);
	}
	/* the bootloader itself switches to four data lines; ROMs start with two */
	opts.flash.mode = v.mode == EF_MODE_QOUT || v.mode == EF_MODE_DOUT ? EF_MODE_DOUT
									   : EF_MODE_DIO;
	if (ef_chip_freq_code(opts.chip, v.freq_mhz, &code))
		opts.flash.freq_mhz = v.freq_mhz;
	return ef_boot_build(elf, &opts, ret, ret_len, err);
}

static void read_elf(struct boot_list *l, const struct boot_file *f)
{
	struct ef_err err = EF_ERR_INIT;
	struct boot_file image = *f;
	const struct ef_chip *chip = boot_chip_of(name_of(f));
	struct ef_sdkconfig config = { .xtal_mhz = 0 };
	uint8_t *data = NULL;
	struct ef_elf elf;
	size_t before = l->count;

	if (!*f->inside && boot_config_of(f->path, l->sudo_uid, &config) &&
	    ef_chip_by_name(config.target))
		chip = ef_chip_by_name(config.target);
	if ((l->only && chip && chip != l->only) || !ef_elf_open(&elf, f->data, f->len, &err))
		return;
	if (ef_elf_chip(&elf))
		chip = ef_elf_chip(&elf);
	if (build(&elf, f, chip, &config, &data, &image.len, &err)) {
		image.data = data;
		read_image(l, &image, 0, false);
		if (l->count > before)
			l->item[before].is_built = true;
	} else {
		(void)ef_snprintf(l->why, sizeof(l->why), "'%s': %s", name_of(f), err.msg);
	}
	free(data);
	ef_elf_release(&elf);
}

/* ESP32s' programs have 32 bits, little-endian; other ELFs are the computer's. */
static bool is_chip_elf(const struct boot_file *f)
{
	return ef_is_elf(f->data, f->len) && f->len > 20 && f->data[4] == 1 && f->data[5] == 1 &&
	       (ef_le16(f->data + 18) == EF_EM_XTENSA || ef_le16(f->data + 18) == EF_EM_RISCV);
}

/* ---- programs ---- */

struct scan {
	struct boot_list *list;
	const struct boot_file *file;
};

static bool add_scanned(void *user, const struct ef_boot *boot)
{
	struct scan *s = user;
	struct boot_found *b = add(s->list, s->file, boot);

	if (b)
		b->is_offset = true;
	return !s->list->is_full;
}

/* To find out the crystals, compare both bootloaders of a chip, which come from the same file. */
static void scan(struct boot_list *l, const struct boot_file *f)
{
	struct scan s = { l, f };

	ef_boot_scan(f->data, f->len, add_scanned, &s);
}

/* ---- all together ---- */

/* The bootloaders of one file or archive are one collection. */
static void tell_crystals(struct boot_list *l, size_t first)
{
	size_t count = l->count - first;
	struct ef_boot *boots = count ? calloc(count, sizeof(*boots)) : NULL;

	if (!boots)
		return;
	for (size_t i = 0; i < count; i++)
		boots[i] = l->item[first + i].boot;
	ef_boot_tell_crystals(boots, count);
	for (size_t i = 0; i < count; i++)
		l->item[first + i].boot.xtal_mhz = boots[i].xtal_mhz;
	free(boots);
}

bool boot_read_content(struct boot_list *l, const struct boot_file *f, struct ef_err *err)
{
	size_t before = l->count;
	enum ef_content kind;
	bool is_archive;

	if (f->len == 0)
		return true;
	if (!boot_unpack(l, f, &is_archive, err))
		return false;
	if (is_archive)
		return true;
	if (is_chip_elf(f)) {
		read_elf(l, f);
		return true;
	}
	kind = ef_content_of(f->data, f->len);
	if (kind != EF_CONTENT_ELF && kind != EF_CONTENT_PROGRAM)
		read_flash(l, f);
	if (l->count == before && kind != EF_CONTENT_IMAGE)
		scan(l, f);
	return true;
}

bool boot_read_file(struct boot_list *l, const char *path, struct ef_err *err)
{
	struct boot_file f = { .path = path, .inside = "" };
	size_t first = l->count;
	struct ef_map map = { 0 };
	bool ok;

	if (!ef_map_open(&map, path, EF_MAX_IMAGE, err))
		return false;
	f.data = map.data;
	f.len = map.len;
	ok = boot_read_content(l, &f, err) || ef_context(err, "'%s'", path);
	tell_crystals(l, first);
	ef_map_release(&map);
	return ok;
}
