/* SPDX-License-Identifier: MIT */
/*
 * Makes the image of a bootloader's ELF, as Arduino and PlatformIO do with esptool's elf2image.
 * Its rules (esptool bin_image.py): sections in the order of the file, each padded to a multiple
 * of 4; a section joins the one before it if it begins exactly at its end; then by address, with
 * the section ".dram0.bootdesc" first.
 */
#include <stdlib.h>

#include <espflash/boot.h>

#include "base/hash.h"
#include "image/image_priv.h"

#define SECTION_DESC ".dram0.bootdesc"

/* esptool's ELFFile takes these types, if address and size are not 0. */
enum { SHT_PROGBITS = 1, SHT_INIT_ARRAY = 14, SHT_FINI_ARRAY = 15, SHT_PREINIT_ARRAY = 16 };

struct run {
	uint32_t addr, len;
	size_t first, last; /* sections of the ELF */
	bool is_first;
};

struct runs {
	struct run run[EF_IMAGE_SEGMENTS_MAX];
	size_t count;
};

static bool is_taken(const struct ef_elf_section *s)
{
	return s->addr && s->size && s->data &&
	       (s->type == SHT_PROGBITS || s->type == SHT_INIT_ARRAY || s->type == SHT_FINI_ARRAY ||
		s->type == SHT_PREINIT_ARRAY);
}

static bool add_run(struct runs *r, const struct ef_chip *chip, const struct ef_elf_section *s,
		    size_t index, struct ef_err *err)
{
	struct run *last = r->count ? &r->run[r->count - 1] : NULL;
	uint32_t len;

	if (!ef_align_u32(s->size, 4, &len) || len > EF_BOOT_MAX)
		return ef_fail(err, EF_E_INPUT, "section '%s' is too large for a bootloader",
			       s->name);
	if (last && (uint64_t)last->addr + last->len == s->addr &&
	    ef_chip_mem(chip, last->addr) == ef_chip_mem(chip, s->addr)) {
		last->len += len;
		last->last = index;
		return last->len <= EF_BOOT_MAX ||
		       ef_fail(err, EF_E_INPUT, "the ELF is too large for a bootloader");
	}
	if (r->count == EF_IMAGE_SEGMENTS_MAX)
		return ef_fail(err, EF_E_INPUT, "the ELF has more than %d pieces",
			       EF_IMAGE_SEGMENTS_MAX);
	r->run[r->count++] = (struct run){ s->addr, len, index, index,
					   strcmp(s->name, SECTION_DESC) == 0 };
	return true;
}

static int compare_runs(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	if (x->is_first != y->is_first)
		return x->is_first ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool collect(const struct ef_elf *elf, const struct ef_chip *chip, struct runs *ret,
		    struct ef_err *err)
{
	for (size_t i = 0; i < elf->section_count; i++)
		if (is_taken(&elf->sections[i]) && !add_run(ret, chip, &elf->sections[i], i, err))
			return false;
	if (ret->count == 0)
		return ef_fail(err, EF_E_INPUT, "the ELF has nothing to load");
	qsort(ret->run, ret->count, sizeof(ret->run[0]), compare_runs);
	return true;
}

static void copy_run(const struct ef_elf *elf, const struct run *run, uint8_t *out)
{
	for (size_t i = run->first; i <= run->last; i++)
		if (is_taken(&elf->sections[i])) {
			memcpy(out, elf->sections[i].data, elf->sections[i].size);
			out += (elf->sections[i].size + 3) & ~3u;
		}
}

/* esptool's defaults; the legacy revision stays 0. */
static bool make_header(const struct ef_elf *elf, const struct ef_boot_build *opts, uint8_t *out,
			struct ef_err *err)
{
	out[0] = EF_IMAGE_MAGIC;
	out[EF_HDR_WP_PIN] = EF_WP_PIN_NONE;
	out[EF_HDR_DIGEST] = 1;
	ef_put_le32(out + EF_HDR_ENTRY, elf->entry);
	ef_put_le16(out + EF_HDR_CHIP_ID, opts->chip->image_id);
	ef_put_le16(out + EF_HDR_MIN_REV, opts->min_rev);
	ef_put_le16(out + EF_HDR_MAX_REV, opts->max_rev);
	return ef_settings_apply(&opts->flash, opts->chip, out, err);
}

static void write_image(const struct ef_elf *elf, const struct runs *runs, uint8_t *out, size_t len)
{
	uint8_t *p = out + EF_IMAGE_HEADER_LEN, sum = EF_CHECKSUM_SEED;

	out[EF_HDR_COUNT] = (uint8_t)runs->count;
	for (size_t i = 0; i < runs->count; i++) {
		const struct run *run = &runs->run[i];

		ef_put_le32(p, run->addr);
		ef_put_le32(p + 4, run->len);
		p += EF_SEGMENT_HEADER_LEN;
		copy_run(elf, run, p);
		sum = ef_image_checksum(p, run->len, sum);
		p += run->len;
	}
	out[len - EF_SHA256_LEN - 1] = sum;
	ef_sha256(out, len - EF_SHA256_LEN, out + len - EF_SHA256_LEN);
}

bool ef_boot_build(const struct ef_elf *elf, const struct ef_boot_build *opts, uint8_t **ret,
		   size_t *ret_len, struct ef_err *err)
{
	struct runs runs = { .count = 0 };
	size_t len = EF_IMAGE_HEADER_LEN;
	uint8_t *out;

	if (!ef_elf_check_chip(elf, opts->chip, err) || !collect(elf, opts->chip, &runs, err))
		return false;
	for (size_t i = 0; i < runs.count; i++)
		len += EF_SEGMENT_HEADER_LEN + runs.run[i].len;
	len = (len / 16 + 1) * 16 + EF_SHA256_LEN;
	out = calloc(1, len);
	if (!out)
		return ef_fail(err, EF_E_IO, "out of memory");
	if (!make_header(elf, opts, out, err)) {
		free(out);
		return false;
	}
	write_image(elf, &runs, out, len);
	*ret = out;
	*ret_len = len;
	return true;
}
