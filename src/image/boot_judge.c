/* SPDX-License-Identifier: MIT */
/*
 * Judges whether an image is a second-stage bootloader. The ROM loads it into RAM and jumps to
 * its entry point, so all of it is in RAM; ESP-IDF's applications have segments in flash.
 */
#include <espflash/boot.h>
#include <espflash/content.h>

#include "image/image_priv.h"

static bool is_ram(const struct ef_chip *chip, uint32_t addr)
{
	const struct ef_mem *mem = ef_chip_mem(chip, addr);

	return mem &&
	       (mem->kind == EF_MEM_IRAM || mem->kind == EF_MEM_DRAM || mem->kind == EF_MEM_RTC);
}

static bool check_segments(const struct ef_chip *chip, const struct ef_image_info *info,
			   struct ef_err *err)
{
	bool has_entry = false;

	for (unsigned i = 0; i < info->segment_count; i++) {
		const struct ef_segment *s = &info->segment[i];

		if (s->addr == 0 || s->len == 0)
			continue; /* padding */
		if (!is_ram(chip, s->addr) || s->len - 1 > UINT32_MAX - s->addr ||
		    !is_ram(chip, s->addr + s->len - 1))
			return ef_fail(err, EF_E_INPUT,
				       "it is not a bootloader: %u bytes of it belong to 0x%08x, "
				       "which is not RAM of %s",
				       s->len, s->addr, chip->label);
		has_entry |= info->entry >= s->addr && info->entry - s->addr < s->len;
	}
	return has_entry ||
	       ef_fail(err, EF_E_INPUT,
		       "it is not a bootloader: its entry point 0x%08x is outside of it",
		       info->entry);
}

/* ---- revisions ---- */

/* Old images have only the byte: a major revision, on one chip (C3) a minor one. */
static void read_revisions(struct ef_boot *b)
{
	const struct ef_image_info *info = &b->info;
	bool is_minor = b->chip->flags & EF_CHIP_LEGACY_REV_IS_MINOR;

	b->max_rev = info->max_rev ? info->max_rev : EF_BOOT_ANY_REV;
	b->min_rev = info->min_rev;
	if (info->max_rev == 0 || (b->max_rev == EF_BOOT_ANY_REV && !b->min_rev))
		b->min_rev = (uint16_t)(info->min_rev_legacy * (is_minor ? 1u : 100u));
}

bool ef_boot_has_families(const struct ef_chip *chip)
{
	return ef_inherited_header(chip->image_id, 0) !=
	       ef_inherited_header(chip->image_id, EF_BOOT_ANY_REV);
}

/* ---- version ---- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Return the length of a whole string like "v4.4.3-dirty"; 0: the string is another one. */
static size_t version_len(const uint8_t *p, size_t left)
{
	size_t len = 0;

	if (left < 5 || p[0] != 'v' || !is_digit(p[1]) || p[2] != '.' || !is_digit(p[3]))
		return 0;
	while (len < left && p[len] > 0x20 && p[len] < 0x7f)
		len++;
	return len < left && p[len] == '\0' ? len : 0;
}

/* Bootloaders without a descriptor have the version that they print (IDF_VER) as a string. */
static void find_version(struct ef_boot *b)
{
	for (size_t i = EF_IMAGE_HEADER_LEN; i < b->len; i++) {
		size_t len = b->data[i - 1] == '\0' ? version_len(b->data + i, b->len - i) : 0;

		if (len == 0 || len >= sizeof(b->idf_version))
			continue;
		memcpy(b->idf_version, b->data + i, len + 1); /* with its NUL */
		return;
	}
}

static void read_version(struct ef_boot *b)
{
	struct ef_bootloader_desc desc;

	if (!ef_image_bootloader_desc(b->data, b->len, &desc)) {
		find_version(b);
		return;
	}
	(void)ef_strlcpy(b->idf_version, sizeof(b->idf_version), desc.idf_version);
	(void)ef_strlcpy(b->date, sizeof(b->date), desc.date_time);
}

/*
 * Find the tags of the log lines of ESP-IDF's flash_encrypt.c, secure_boot.c and secure_boot_v2.c.
 * Bootloaders without these features don't have that code.
 */
static bool has_security(const struct ef_boot *b)
{
	return ef_find_text(b->data, b->len, "flash_encrypt") ||
	       ef_find_text(b->data, b->len, "secure_boot");
}

bool ef_boot_judge(const uint8_t *data, size_t len, struct ef_boot *ret, struct ef_err *err)
{
	struct ef_boot b = { .data = data };
	enum ef_image_kind kind;

	if (!ef_image_parse(data, len, &b.info, err) || !ef_image_boots(&b.info, err))
		return false;
	b.chip = ef_chip_by_image_id(b.info.chip_id);
	if (!b.chip)
		return ef_fail(err, EF_E_INPUT, "it is for an unknown chip (id %u)",
			       b.info.chip_id);
	if (b.info.len > EF_BOOT_MAX)
		return ef_fail(err, EF_E_INPUT, "it is not a bootloader: it has %u bytes",
			       b.info.len);
	b.len = b.info.len;
	kind = ef_image_kind(data, len, &b.info);
	if (kind == EF_IMAGE_APP)
		return ef_fail(err, EF_E_INPUT, "it is an app, not a bootloader");
	if (!check_segments(b.chip, &b.info, err))
		return false;
	b.is_certain = kind == EF_IMAGE_BOOTLOADER;
	read_revisions(&b);
	read_version(&b);
	b.burns_efuses = has_security(&b);
	*ret = b;
	return true;
}
