/* SPDX-License-Identifier: MIT */
/* Makes images with the form of second-stage bootloaders, for any chip. */
#ifndef BOOT_MAKER_H
#define BOOT_MAKER_H

#include "base/bytes.h"
#include "base/hash.h"
#include "ck_ef.h"
#include <espflash/chip.h>

struct make_boot {
	const char *chip;
	uint16_t min_rev, max_rev;
	const char *version; /* NULL: no descriptor, and no greeting either */
	const char *text;    /* in its data; NULL */
	const uint8_t *code; /* at its entry; NULL */
	size_t code_len;
	bool has_no_digest;
};

#define MADE_BOOT_MAX 2048

static inline uint32_t made_ram(const struct ef_chip *chip, bool code)
{
	for (const struct ef_mem *m = chip->mem; m->end; m++)
		if (m->kind == EF_MEM_DRAM || (code && m->kind == EF_MEM_IRAM))
			return m->start + 0x1000;
	ck_abort_msg("%s has no RAM", chip->name);
	return 0;
}

static inline size_t made_segment(uint8_t *image, size_t at, uint32_t addr, size_t len)
{
	ef_put_le32(image + at, addr);
	ef_put_le32(image + at + 4, (uint32_t)len);
	return at + 8;
}

/* ret has MADE_BOOT_MAX bytes. Returns the length. */
static inline size_t make_boot(const struct make_boot *m, uint8_t *ret)
{
	const struct ef_chip *chip = ef_chip_by_name(m->chip);
	size_t at = 24, code_len = (m->code_len + 15) / 16 * 16, end;
	uint8_t sum = 0xef;

	ck_assert_ptr_nonnull(chip);
	memset(ret, 0, MADE_BOOT_MAX);
	memcpy(ret, "\xe9\x02\x02\x20", 4);
	ef_put_le32(ret + 4, made_ram(chip, true) + 0x2000);
	ret[8] = 0xee;
	ef_put_le16(ret + 12, chip->image_id);
	ef_put_le16(ret + 15, m->min_rev);
	ef_put_le16(ret + 17, m->max_rev);
	ret[23] = !m->has_no_digest;
	at = made_segment(ret, at, made_ram(chip, false), 256);
	if (m->version) {
		ret[at] = 0x50;
		ret[at + 4] = 1;
		memcpy(ret + at + 8, m->version, strlen(m->version));
		memcpy(ret + at + 40, "Jan  1 2026 00:00:00", 20);
	}
	if (m->text)
		memcpy(ret + at + 100, m->text, strlen(m->text));
	at = made_segment(ret, at + 256, made_ram(chip, true) + 0x2000, code_len + 16);
	if (m->code)
		memcpy(ret + at, m->code, m->code_len);
	end = at + code_len + 16;
	for (size_t i = 32; i < 32 + 256; i++)
		sum ^= ret[i];
	for (size_t i = at; i < end; i++)
		sum ^= ret[i];
	end = (end / 16 + 1) * 16;
	ret[end - 1] = sum;
	if (m->has_no_digest)
		return end;
	ef_sha256(ret, end, ret + end);
	return end + 32;
}

#endif
