/* SPDX-License-Identifier: MIT */
/*
 * Whether a chip has a key of flash encryption. The registers and shifts are literals that a
 * script took from esptool's classes (EFUSE_PURPOSE_KEYn_REG and _SHIFT).
 */
#include <espflash/chip.h>

#include "base/util.h"
#include "ck_ef.h"

/* Some words of eFuse; all others are zero. */
struct fuses {
	struct {
		uint32_t addr, value;
	} word[4];
	unsigned reads, fails_at;
};

static bool read_fuse(void *ctx, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	struct fuses *f = ctx;

	if (++f->reads == f->fails_at)
		return ef_fail(err, EF_E_TIMEOUT, "no answer");
	*ret = 0;
	for (size_t i = 0; i < EF_ARRAY_LEN(f->word); i++)
		if (f->word[i].addr == addr)
			*ret |= f->word[i].value;
	return true;
}

static bool has_key(const char *chip, struct fuses *f)
{
	const struct ef_regs regs = { .ctx = f, .read = read_fuse };
	struct ef_err err = EF_ERR_INIT;
	bool ret = false;

	f->reads = 0;
	ck_ok(ef_chip_crypt_key(ef_chip_by_name(chip), &regs, &ret, &err), &err);
	return ret;
}

struct key {
	uint32_t reg;
	uint8_t shift;
};
static const struct {
	const char *chip;
	struct key key[6];
} blocks[] = {
	{ "esp32c3",
	  { { 0x60008834, 24 },
	    { 0x60008834, 28 },
	    { 0x60008838, 0 },
	    { 0x60008838, 4 },
	    { 0x60008838, 8 },
	    { 0x60008838, 12 } } },
	{ "esp32c5",
	  { { 0x600b4834, 22 },
	    { 0x600b4834, 27 },
	    { 0x600b4838, 0 },
	    { 0x600b4838, 5 },
	    { 0x600b4838, 10 },
	    { 0x600b4838, 15 } } },
	{ "esp32c6",
	  { { 0x600b0834, 24 },
	    { 0x600b0834, 28 },
	    { 0x600b0838, 0 },
	    { 0x600b0838, 4 },
	    { 0x600b0838, 8 },
	    { 0x600b0838, 12 } } },
	{ "esp32c61",
	  { { 0x600b4834, 0 },
	    { 0x600b4834, 4 },
	    { 0x600b4834, 8 },
	    { 0x600b4834, 12 },
	    { 0x600b4834, 16 },
	    { 0x600b4834, 20 } } },
	{ "esp32h2",
	  { { 0x600b0834, 24 },
	    { 0x600b0834, 28 },
	    { 0x600b0838, 0 },
	    { 0x600b0838, 4 },
	    { 0x600b0838, 8 },
	    { 0x600b0838, 12 } } },
	{ "esp32p4",
	  { { 0x5012d034, 24 },
	    { 0x5012d034, 28 },
	    { 0x5012d038, 0 },
	    { 0x5012d038, 4 },
	    { 0x5012d038, 8 },
	    { 0x5012d038, 12 } } },
	{ "esp32s2",
	  { { 0x3f41a034, 24 },
	    { 0x3f41a034, 28 },
	    { 0x3f41a038, 0 },
	    { 0x3f41a038, 4 },
	    { 0x3f41a038, 8 },
	    { 0x3f41a038, 12 } } },
	{ "esp32s3",
	  { { 0x60007034, 24 },
	    { 0x60007034, 28 },
	    { 0x60007038, 0 },
	    { 0x60007038, 4 },
	    { 0x60007038, 8 },
	    { 0x60007038, 12 } } },
	{ "esp32s31",
	  { { 0x20715038, 0 },
	    { 0x20715038, 5 },
	    { 0x20715038, 10 },
	    { 0x20715038, 15 },
	    { 0x20715038, 20 } } },
};

/* esptool: PURPOSE_VAL_XTS_AES256_KEY_1, _2 and PURPOSE_VAL_XTS_AES128_KEY */
START_TEST(a_purpose_in_any_block)
{
	const char *chip = blocks[_i].chip;
	/* esptool esp32c5.py, esp32s31.py: EFUSE_PURPOSE_KEY0_SHIFT and the next are 5 bits apart
	 */
	bool is_wide = strcmp(chip, "esp32c5") == 0 || strcmp(chip, "esp32s31") == 0;

	for (unsigned i = 0; i < EF_ARRAY_LEN(blocks[0].key); i++) {
		const struct key *k = &blocks[_i].key[i], *other = &blocks[_i].key[i ? 0 : 1];
		struct fuses f = { { { k->reg, UINT32_C(4) << k->shift } }, 0, 0 };

		if (!k->reg)
			continue;
		ck_assert(has_key(chip, &f));
		for (uint32_t purpose = 0; purpose < (is_wide ? 32 : 16); purpose++) {
			f.word[0].value = purpose << k->shift;
			ck_assert_int_eq(has_key(chip, &f), purpose == 4);
		}
		/* both halves of a long key, or none */
		f.word[0].value = UINT32_C(2) << k->shift;
		f.word[1].addr = other->reg;
		f.word[1].value = UINT32_C(3) << other->shift;
		ck_assert(has_key(blocks[_i].chip, &f));
	}
}
END_TEST

/* targets/esp32.py: BLOCK1 hidden, or any of its eight words */
START_TEST(esp32_block)
{
	struct fuses f = { { { 0x3ff5a000, 0 } }, 0, 0 };

	ck_assert(!has_key("esp32", &f));
	f.word[0].value = ~(UINT32_C(1) << 16);
	ck_assert(!has_key("esp32", &f));
	f.word[0].value = UINT32_C(1) << 16;
	ck_assert(has_key("esp32", &f));
	for (uint32_t i = 0; i < 8; i++) {
		f = (struct fuses){ { { 0x3ff5a038 + 4 * i, 0x80000000 } }, 0, 0 };
		ck_assert(has_key("esp32", &f));
	}
	f = (struct fuses){ { { 0x3ff5a034, 1 }, { 0x3ff5a058, 1 } }, 0, 0 };
	ck_assert(!has_key("esp32", &f));
}
END_TEST

/* targets/esp32c2.py: bit 10 of the word makes the key twice as long; bits 0 and 1 hide it */
START_TEST(c2_block)
{
	static const struct {
		uint32_t word, key_at;
		bool has;
	} cases[] = {
		{ 0, 0, false },
		{ 1, 0, true },
		{ 2, 0, false },
		{ 3, 0, true }, /* the other half has another key, which is hidden, too */
		{ 0, 0x6000886c, true },
		{ 0, 0x60008870, false }, /* the other half */
		{ 1u << 10 | 3, 0, true },
		{ 1u << 10 | 1, 0, false },
		{ 1u << 10, 0x6000887c, true },
		{ 1u << 10, 0x60008880, false },
	};

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		struct fuses f = { { { 0x60008830, cases[i].word }, { cases[i].key_at, 1 } },
				   0,
				   0 };

		ck_assert_msg(has_key("esp32c2", &f) == cases[i].has, "case %zu", i);
	}
}
END_TEST

/* targets/esp32.py, get_flash_crypt_config: 0xf, or hidden */
START_TEST(esp32_config)
{
	struct fuses f = { { { 0x3ff5a014, 0xf0000000 } }, 0, 0 };
	const struct ef_regs regs = { .ctx = &f, .read = read_fuse };
	const struct ef_chip *esp32 = ef_chip_by_name("esp32");
	struct ef_err err = EF_ERR_INIT;
	bool ok;

	ck_ok(ef_chip_crypt_config(esp32, &regs, &ok, &err), &err);
	ck_assert(ok);
	f.word[0].value = 0x7fffffff;
	ck_ok(ef_chip_crypt_config(esp32, &regs, &ok, &err), &err);
	ck_assert(!ok);
	f.word[1].addr = 0x3ff5a000;
	f.word[1].value = 1u << 19;
	ck_ok(ef_chip_crypt_config(esp32, &regs, &ok, &err), &err);
	ck_assert(ok);
	f.reads = 0;
	ck_ok(ef_chip_crypt_config(ef_chip_by_name("esp32c3"), &regs, &ok, &err), &err);
	ck_assert(ok && f.reads == 0);
}
END_TEST

START_TEST(what_cannot_be_read_is_no_answer)
{
	static const char *const chips[] = { "esp32", "esp32c2", "esp32c3", "esp32s31" };
	struct fuses f = { { { 0, 0 } }, 0, 0 };
	const struct ef_regs regs = { .ctx = &f, .read = read_fuse };
	const struct ef_chip *chip = ef_chip_by_name(chips[_i]);
	struct ef_err err = EF_ERR_INIT;
	unsigned all;
	bool ignored;

	(void)has_key(chips[_i], &f);
	all = f.reads;
	for (f.fails_at = 1; f.fails_at <= all; f.fails_at++) {
		f.reads = 0;
		ef_err_clear(&err);
		ck_fails(ef_chip_crypt_key(chip, &regs, &ignored, &err), &err, EF_E_TIMEOUT,
			 "no answer");
	}
}
END_TEST

/* esptool FLASH_ENCRYPTED_WRITE_ALIGN */
START_TEST(units)
{
	for (size_t i = 0; ef_chips[i]; i++)
		ck_assert_uint_eq(ef_chips[i]->crypt.align,
				  strcmp(ef_chips[i]->name, "esp32") == 0 ? 32 : 16);
}
END_TEST

Suite *suite_chip_crypt(void);

Suite *suite_chip_crypt(void)
{
	Suite *s = suite_create("chip_crypt");
	TCase *t = tcase_create("chip_crypt");

	tcase_add_loop_test(t, a_purpose_in_any_block, 0, (int)EF_ARRAY_LEN(blocks));
	tcase_add_test(t, esp32_block);
	tcase_add_test(t, c2_block);
	tcase_add_test(t, esp32_config);
	tcase_add_loop_test(t, what_cannot_be_read_is_no_answer, 0, 4);
	tcase_add_test(t, units);
	suite_add_tcase(s, t);
	return s;
}
