/* SPDX-License-Identifier: MIT */
/*
 * Finds bootloaders in files of any form, and finds out for which crystal each one is. The
 * program espflash contains a bootloader for each chip as plain bytes (include_bytes! in
 * src/image_format/idf.rs), without names.
 */
#include <espflash/boot.h>

#include "base/hash.h"
#include "image/image_priv.h"

/* How many bytes may be summed and hashed, besides the length of the data. */
#define BUDGET (16u * EF_MIB)

/* ---- finding ---- */

/* Rule out most bytes as a header before the costlier checks. */
static bool may_be_header(const uint8_t *p, size_t left)
{
	return left > EF_IMAGE_HEADER_LEN && p[EF_HDR_COUNT] > 0 &&
	       p[EF_HDR_COUNT] <= EF_IMAGE_SEGMENTS_MAX && p[EF_HDR_MODE] <= 5 &&
	       p[EF_HDR_DIGEST] == 1 && ef_chip_by_image_id(ef_le16(p + EF_HDR_CHIP_ID));
}

/*
 * Return the length that the headers announce; 0: the headers are incomplete, or the length is too
 * large.
 */
static uint32_t announced_len(const uint8_t *p, size_t left)
{
	size_t len = left < EF_BOOT_MAX ? left : EF_BOOT_MAX;
	uint64_t at = EF_IMAGE_HEADER_LEN;

	for (unsigned i = 0; i < p[EF_HDR_COUNT]; i++) {
		if (at + EF_SEGMENT_HEADER_LEN > len)
			return 0;
		at += EF_SEGMENT_HEADER_LEN + (uint64_t)ef_le32(p + at + 4);
	}
	at = (at / 16 + 1) * 16 + EF_SHA256_LEN;
	return at <= len ? (uint32_t)at : 0;
}

void ef_boot_scan(const uint8_t *data, size_t len, ef_boot_fn *fn, void *user)
{
	uint64_t budget = (uint64_t)len + BUDGET;
	const uint8_t *p = data;
	struct ef_boot boot;

	while (len && (p = memchr(p, EF_IMAGE_MAGIC, len - (size_t)(p - data)))) {
		size_t off = (size_t)(p - data), left = len - off;
		uint32_t n = may_be_header(p, left) ? announced_len(p, left) : 0;
		struct ef_err ignored = EF_ERR_INIT; /* if this fails, it is not a bootloader */

		p++;
		if (n > budget)
			return;
		budget -= n;
		if (!n || !ef_boot_judge(data + off, n, &boot, &ignored) || !boot.is_certain ||
		    !boot.info.is_digest_valid)
			continue;
		boot.off = off;
		if (!fn(user, &boot))
			return;
		p = data + off + boot.len;
	}
}

/* ---- crystals ---- */

/* Number of instructions that load this constant: RISC-V's li as addi and c.li. */
static unsigned count_riscv(const uint8_t *p, size_t len, uint8_t value)
{
	unsigned count = 0;

	for (size_t i = 0; i + 4 <= len; i += 2) {
		uint16_t half = ef_le16(p + i);

		/* c.li rd, imm6: 010 imm[5] rd imm[4:0] 01 */
		if (value < 32 && (half & 0xf07fu) == (0x4001u | (unsigned)value << 2) &&
		    (half & 0x0f80u))
			count++;
		/* addi rd, x0, imm12 */
		if ((ef_le32(p + i) & 0xfffff07fu) == (0x13u | (uint32_t)value << 20))
			count++;
	}
	return count;
}

/* Xtensa's movi at, imm12 and movi.n as, imm7 (Xtensa ISA, chapter 6), at any byte. */
static unsigned count_xtensa(const uint8_t *p, size_t len, uint8_t value)
{
	unsigned count = 0;

	for (size_t i = 0; i + 3 <= len; i++) {
		if ((p[i] & 0x0fu) == 0x02u && p[i + 1] == 0xa0u && p[i + 2] == value)
			count++;
		if (p[i] == (value & 0x70u) + 0x0cu && p[i + 1] >> 4 == (value & 0xfu))
			count++;
	}
	return count;
}

static unsigned count_loads(const struct ef_boot *b, uint8_t value)
{
	unsigned count = 0;

	for (unsigned i = 0; i < b->info.segment_count; i++) {
		const uint8_t *p = b->data + b->info.segment[i].off;
		size_t len = b->info.segment[i].len;

		count += b->chip->arch == EF_ARCH_RISCV ? count_riscv(p, len, value)
							: count_xtensa(p, len, value);
	}
	return count;
}

static bool is_sibling(const struct ef_boot *a, const struct ef_boot *b)
{
	return a->chip == b->chip && strcmp(a->idf_version, b->idf_version) == 0 &&
	       a->min_rev == b->min_rev && a->max_rev == b->max_rev;
}

/* Each of the two loads the number of its own crystal more often than the other does. */
static void tell_pair(struct ef_boot *a, struct ef_boot *b)
{
	uint8_t low = a->chip->xtal.mhz[0], high = a->chip->xtal.mhz[1];
	unsigned a_low = count_loads(a, low), b_low = count_loads(b, low);
	unsigned a_high = count_loads(a, high), b_high = count_loads(b, high);

	if (a_low > b_low && a_high < b_high) {
		a->xtal_mhz = low;
		b->xtal_mhz = high;
	} else if (a_low < b_low && a_high > b_high) {
		a->xtal_mhz = high;
		b->xtal_mhz = low;
	}
}

void ef_boot_tell_crystals(struct ef_boot *boots, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct ef_boot *a = &boots[i], *found = NULL;
		unsigned siblings = 0;

		/* only two crystals can be told apart */
		if (a->xtal_mhz || !a->chip->xtal.mhz[1] || a->chip->xtal.mhz[2])
			continue;
		for (size_t k = 0; k < count; k++) {
			if (k == i || boots[k].xtal_mhz || !is_sibling(a, &boots[k]))
				continue;
			found = &boots[k];
			siblings++;
		}
		if (siblings == 1)
			tell_pair(a, found);
	}
}
