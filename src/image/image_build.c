/* SPDX-License-Identifier: MIT */
/*
 * Builds the app image of an ELF, byte for byte as espflash 4.5 does: the header,
 * the app descriptor, the MMU page size, checksum and digest. Sections are copied
 * once, from the ELF into the output buffer.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "base/pass.h"
#include "image/elf_digest.h"
#include "image/image_priv.h"

/* espflash knows no larger page, so it infers none. */
#define INFER_PAGE_MAX (64 * EF_KIB)
#define DEFAULT_PAGE   (64 * EF_KIB)

/* The headers before the first segment's data. They precede a descriptor on its MMU page. */
#define DESC_FILE_OFF (EF_IMAGE_HEADER_LEN + EF_SEGMENT_HEADER_LEN)

struct build {
	const struct ef_elf *elf;
	const struct ef_image_opts *opts;
	uint8_t header[EF_IMAGE_HEADER_LEN];
	struct ef_pieces flash, ram;
	bool has_desc;
	uint32_t desc_addr, desc_off; /* the descriptor is in the first flash piece */
	struct elf_digest digest;
	uint32_t page;
	struct ef_plan plan;
};

/* ---- header ---- */

static bool check_xtal(const struct ef_image_opts *opts, struct ef_err *err)
{
	const struct ef_chip *chip = opts->chip;

	if (opts->xtal_mhz == 0 || opts->xtal_mhz == chip->image.default_xtal_mhz)
		return true;
	for (size_t i = 0; i < EF_ARRAY_LEN(chip->xtal.mhz) && chip->xtal.mhz[i]; i++)
		if (chip->xtal.mhz[i] == opts->xtal_mhz)
			return true;
	return ef_fail(err, EF_E_USAGE, "%s has no crystal of %u MHz", chip->label, opts->xtal_mhz);
}

static void inherit_from_bootloader(const struct ef_image_info *info, uint8_t *header)
{
	header[0] = EF_IMAGE_MAGIC;
	header[EF_HDR_MODE] = info->mode;
	memcpy(header + EF_HDR_DRIVE, info->drive, sizeof(info->drive));
	header[EF_HDR_MIN_REV_LEGACY] = info->min_rev_legacy;
	ef_put_le16(header + EF_HDR_MAX_REV, info->max_rev);
	memcpy(header + EF_HDR_RESERVED, info->reserved, sizeof(info->reserved));
}

static bool make_header(struct build *b, struct ef_err *err)
{
	const struct ef_image_opts *opts = b->opts;
	uint16_t min_rev = b->elf->min_revision;
	const uint8_t *inherited;

	if (opts->min_revision > min_rev)
		min_rev = opts->min_revision;
	if (opts->bootloader) {
		inherit_from_bootloader(opts->bootloader, b->header);
	} else {
		inherited = ef_inherited_header(
			opts->chip->image_id, opts->chip_revision ? opts->chip_revision : min_rev);
		if (inherited == NULL)
			return ef_fail(err, EF_E_UNSUPP, "no image header is known for %s",
				       opts->chip->label);
		if (!check_xtal(opts, err))
			return false;
		memcpy(b->header, inherited, EF_IMAGE_HEADER_LEN);
	}
	if (!ef_settings_apply(&opts->flash, opts->chip, b->header, err))
		return false;
	ef_put_le32(b->header + EF_HDR_ENTRY, b->elf->entry);
	b->header[EF_HDR_WP_PIN] = EF_WP_PIN_NONE;
	ef_put_le16(b->header + EF_HDR_CHIP_ID, opts->chip->image_id);
	ef_put_le16(b->header + EF_HDR_MIN_REV, min_rev);
	b->header[EF_HDR_DIGEST] = 1;
	return true;
}

/* ---- app descriptor and page size ---- */

/*
 * Find the section whose descriptor gets the ELF's digest and chooses the page size. Like espflash,
 * leave esp-hal's descriptor alone. A section of another name counts by its content.
 */
static const struct ef_elf_section *find_descriptor(const struct build *b)
{
	const struct ef_elf_section *s = ef_elf_app_desc(b->elf);

	if (s && (strcmp(s->name, EF_SECTION_RODATA_DESC) == 0 ||
		  (strcmp(s->name, EF_SECTION_APP_DESC) != 0 &&
		   !ef_chip_is_flash_addr(b->opts->chip, s->addr))))
		return NULL;
	return s;
}

/* Move the piece with the descriptor to the front; the others keep their order. */
static bool place_descriptor(struct build *b, struct ef_err *err)
{
	const struct ef_elf_section *s = find_descriptor(b);
	struct ef_piece found;
	uint8_t magic[4];
	size_t i = 0;

	if (s == NULL)
		return true;
	while (i < b->flash.count && s->addr - b->flash.piece[i].addr >= b->flash.piece[i].len)
		i++;
	if (i == b->flash.count)
		return ef_fail(err, EF_E_INPUT,
			       "section '%s' (0x%08x, %u bytes) is not in the flash-mapped memory "
			       "of %s",
			       s->name, s->addr, s->size, b->opts->chip->label);
	found = b->flash.piece[i];
	memmove(&b->flash.piece[1], &b->flash.piece[0], i * sizeof(found));
	b->flash.piece[0] = found;
	b->has_desc = true;
	b->desc_addr = s->addr;
	b->desc_off = s->addr - found.addr;
	if (!ef_range_ok(b->desc_off, EF_APP_DESC_SIZE, found.len))
		return ef_fail(err, EF_E_INPUT, "the app descriptor at 0x%08x is cut short",
			       s->addr);
	ef_piece_copy(&b->flash, &found, b->desc_off, sizeof(magic), magic);
	if (ef_le32(magic) != EF_APP_DESC_MAGIC)
		return ef_fail(err, EF_E_INPUT,
			       "section '%s' holds no app descriptor: magic word 0x%08x, not "
			       "0x%08x",
			       s->name, ef_le32(magic), EF_APP_DESC_MAGIC);
	return true;
}

static bool is_valid_page(const struct ef_chip *chip, uint32_t page)
{
	const size_t n = EF_ARRAY_LEN(chip->image.mmu_page_log2);

	for (size_t i = 0; i < n && chip->image.mmu_page_log2[i]; i++)
		if (page == 1u << chip->image.mmu_page_log2[i])
			return true;
	return false;
}

static bool fail_page(const struct ef_chip *chip, uint32_t page, enum ef_code code,
		      struct ef_err *err)
{
	char list[80] = "";
	size_t len = 0;

	ef_fail(err, code, "%s has no MMU page size of 0x%x", chip->label, page);
	for (size_t i = 0;
	     i < EF_ARRAY_LEN(chip->image.mmu_page_log2) && chip->image.mmu_page_log2[i]; i++) {
		if (!ef_snprintf(list + len, sizeof(list) - len, "%s0x%x", len ? ", " : "",
				 1u << chip->image.mmu_page_log2[i]))
			break;
		len = strlen(list);
	}
	return ef_hint_text(err, EF_HINT_MMU_PAGE_CHOICES, list);
}

/* Infer the largest page size that puts the descriptor right after the headers. */
static bool infer_page(struct build *b, struct ef_err *err)
{
	const struct ef_chip *chip = b->opts->chip;
	uint32_t base = b->desc_addr - DESC_FILE_OFF;

	for (uint32_t page = INFER_PAGE_MAX; page >= 1024; page /= 2) {
		if (base % page != 0 || !is_valid_page(chip, page))
			continue;
		b->page = page;
		return true;
	}
	ef_fail(err, EF_E_INPUT,
		"the app descriptor at 0x%08x does not follow the headers at the start of any MMU "
		"page of %s",
		b->desc_addr, chip->label);
	return ef_hint_set(err, EF_HINT_MMU_PAGE_UNKNOWN);
}

static bool choose_page(struct build *b, struct ef_err *err)
{
	const struct ef_chip *chip = b->opts->chip;
	uint8_t log2 = 0;

	if (b->opts->mmu_page_size) {
		b->page = b->opts->mmu_page_size;
		return is_valid_page(chip, b->page) || fail_page(chip, b->page, EF_E_USAGE, err);
	}
	b->page = DEFAULT_PAGE;
	if (!b->has_desc)
		return true;
	ef_piece_copy(&b->flash, &b->flash.piece[0], b->desc_off + EF_APP_DESC_MMU_PAGE, 1, &log2);
	if (log2 == 0)
		return infer_page(b, err);
	if (log2 >= 32)
		return ef_fail(err, EF_E_INPUT,
			       "the app descriptor asks for an MMU page of 2^%u bytes", log2);
	b->page = 1u << log2;
	return is_valid_page(chip, b->page) || fail_page(chip, b->page, EF_E_INPUT, err);
}

/* ---- output ---- */

uint8_t ef_image_checksum(const uint8_t *data, size_t len, uint8_t seed)
{
	struct ef_pass pass = { data, len, 0, 0 };
	uint64_t sum = 0, word;
	const uint8_t *p;
	size_t n;

	while (ef_pass_next(&pass, &p, &n)) {
		size_t i = 0;

		for (; i + sizeof(word) <= n; i += sizeof(word)) {
			memcpy(&word, p + i, sizeof(word));
			sum ^= word;
		}
		for (; i < n; i++)
			seed ^= p[i];
	}
	for (; sum; sum >>= 8)
		seed ^= (uint8_t)sum;
	return seed;
}

/* out is zeroed, so fillers, gaps and padding need no writing. */
static void write_segments(const struct build *b, uint8_t *out)
{
	for (size_t i = 0; i < b->plan.count; i++) {
		const struct ef_plan_segment *s = &b->plan.segment[i];
		uint8_t *p = out + s->file_off;

		ef_put_le32(p, s->addr);
		ef_put_le32(p + 4, s->len);
		if (s->from)
			ef_piece_copy(s->from, s->piece, s->off, s->data_len,
				      p + EF_SEGMENT_HEADER_LEN);
	}
}

static uint8_t segments_checksum(const struct build *b, const uint8_t *out)
{
	uint8_t sum = EF_CHECKSUM_SEED;

	for (size_t i = 0; i < b->plan.count; i++) {
		const struct ef_plan_segment *s = &b->plan.segment[i];

		sum = ef_image_checksum(out + s->file_off + EF_SEGMENT_HEADER_LEN, s->len, sum);
	}
	return sum;
}

/* Store the ELF's digest, by which the monitor recognizes the build, and correct the checksum. */
static uint8_t stamp_descriptor(const struct build *b, uint8_t *out, uint8_t sum)
{
	const struct ef_plan_segment *s = b->plan.segment;
	uint8_t *at;

	while (s->from != &b->flash)
		s++;
	at = out + s->file_off + EF_SEGMENT_HEADER_LEN + b->desc_off + EF_APP_DESC_ELF_SHA256;
	sum = ef_image_checksum(at, EF_SHA256_LEN, sum);
	memcpy(at, b->digest.sha256, EF_SHA256_LEN);
	return ef_image_checksum(at, EF_SHA256_LEN, sum);
}

/* The thread's digest of the ELF comes last, so do everything that does not depend on it first. */
static uint8_t write_body(struct build *b, uint8_t *out)
{
	uint8_t sum;

	if (b->has_desc)
		elf_digest_start(&b->digest, b->elf);
	write_segments(b, out);
	sum = segments_checksum(b, out);
	if (!b->has_desc)
		return sum;
	elf_digest_end(&b->digest);
	return stamp_descriptor(b, out, sum);
}

static void finish(const struct build *b, uint8_t *out, uint32_t len, uint8_t sum)
{
	memcpy(out, b->header, EF_IMAGE_HEADER_LEN);
	out[EF_HDR_COUNT] = (uint8_t)b->plan.count;
	out[len - EF_SHA256_LEN - 1] = sum;
	ef_sha256(out, len - EF_SHA256_LEN, out + len - EF_SHA256_LEN);
}

/*
 * Bootloaders look for the descriptor only where the first segment's data starts. ESP-IDF's
 * refuses an image without one there ("Failed to fetch app description header!") on chips
 * whose MMU page size can vary.
 */
static bool check_start(const struct build *b, struct ef_err *err)
{
	const struct ef_plan_segment *first = &b->plan.segment[0];
	const struct ef_elf_section *s = ef_elf_app_desc(b->elf);
	uint8_t magic[4] = { 0 };

	if (b->opts->ignore_app_desc || s == NULL || !ef_section_is_app_desc(s) ||
	    ef_elf_is_zephyr(b->elf))
		return true;
	if (first->from)
		ef_piece_copy(first->from, first->piece, first->off, sizeof(magic), magic);
	if (ef_le32(magic) == EF_APP_DESC_MAGIC)
		return true;
	ef_fail(err, EF_E_INPUT,
		"the app descriptor ('%s', 0x%08x) would not be at the start of the image, where "
		"bootloaders look for it: 0x%08x is",
		s->name, s->addr, b->flash.count ? b->flash.piece[0].addr : first->addr);
	return ef_hint_set(err, EF_HINT_ELF_DESC_NOT_FIRST);
}

static bool prepare(struct build *b, struct ef_err *err)
{
	if (!make_header(b, err) ||
	    !ef_pieces_collect(b->elf, b->opts->chip, true, &b->flash, err) ||
	    !ef_pieces_collect(b->elf, b->opts->chip, false, &b->ram, err))
		return false;
	if (b->flash.count + b->ram.count == 0) {
		ef_fail(err, EF_E_INPUT, "the ELF has nothing to load");
		return ef_hint_set(err, EF_HINT_ELF_DEBUG_ONLY);
	}
	return place_descriptor(b, err) && choose_page(b, err) &&
	       ef_plan_make(&b->flash, &b->ram, b->page, &b->plan, err) && check_start(b, err);
}

bool ef_image_build(const struct ef_elf *elf, const struct ef_image_opts *opts, uint8_t **ret,
		    size_t *ret_len, struct ef_err *err)
{
	struct build b = { .elf = elf, .opts = opts };
	uint8_t *out = NULL;
	uint32_t len = 0;

	if (!prepare(&b, err))
		goto done;
	/* the ELF and the image are never both completely in memory */
	ef_map_passed(elf->file, elf->file_len);
	len = (b.plan.len / 16 + 1) * 16 + EF_SHA256_LEN;
	out = calloc(1, len);
	if (out == NULL) {
		ef_fail(err, EF_E_IO, "out of memory for an image of %u bytes", len);
		goto done;
	}
	finish(&b, out, len, write_body(&b, out));
	*ret = out;
	*ret_len = len;
done:
	ef_pieces_release(&b.flash);
	ef_pieces_release(&b.ram);
	return out != NULL;
}
