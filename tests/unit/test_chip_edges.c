/* SPDX-License-Identifier: MIT */
/* Limits in the code that all chips share: each at its two sides. */
#include <espflash/chip.h>

#include "base/util.h"
#include "ck_ef.h"

/* All registers hold the same. */
static bool read_same(void *ctx, uint32_t addr, uint32_t *ret, struct ef_err *err)
{
	(void)addr;
	(void)err;
	*ret = *(const uint32_t *)ctx;
	return true;
}

static struct ef_regs regs_of(uint32_t *value)
{
	return (struct ef_regs){ .ctx = value, .read = read_same };
}

/* ESP-IDF v5.5 hw_support/mac_addr.c: 18:fe:34:6a:85:c7 to :f8 may have a wrong CRC. */
START_TEST(addresses_that_need_no_crc)
{
	static const struct {
		uint8_t mac[6];
		bool ok;
	} macs[] = {
		{ { 0x18, 0xfe, 0x34, 0x6a, 0x85, 0xc6 }, false },
		{ { 0x18, 0xfe, 0x34, 0x6a, 0x85, 0xc7 }, true },
		{ { 0x18, 0xfe, 0x34, 0x6a, 0x85, 0xf8 }, true },
		{ { 0x18, 0xfe, 0x34, 0x6a, 0x85, 0xf9 }, false },
		{ { 0x18, 0xff, 0x34, 0x6a, 0x85, 0xc7 }, false },
		{ { 0x1a, 0xfe, 0x34, 0x6a, 0x85, 0xc7 }, false },
	};
	uint32_t none = 0;
	const struct ef_regs regs = regs_of(&none);
	struct ef_err err = EF_ERR_INIT;

	for (size_t i = 0; i < EF_ARRAY_LEN(macs); i++) {
		bool ok;

		ck_ok(ef_chip_mac_check(ef_chip_by_name("esp32"), &regs, macs[i].mac, &ok, &err),
		      &err);
		ck_assert_msg(ok == macs[i].ok, "address %zu", i);
	}
}
END_TEST

/* esptool get_crystal_freq: above 45 MHz it is 48, above 33 MHz 40, else 26. */
START_TEST(crystal_between_two)
{
	static const struct {
		const char *chip;
		uint32_t divider; /* at 1000 baud */
		uint32_t mhz;
	} cases[] = {
		{ "esp32", 26000, 26 },
		{ "esp32", 33000, 26 },
		{ "esp32", 33001, 40 },
		{ "esp32", 40000, 40 },
		{ "esp32c2", 33000, 26 },
		{ "esp32c2", 33001, 40 },
		{ "esp32c5", 45000, 40 },
		{ "esp32c5", 45001, 48 },
		{ "esp32c3", 26000, 40 },
		{ "esp32h2", 26000, 32 },
		/* a quarter less than 26 MHz, a quarter more than 40 */
		{ "esp32", 19499, 0 },
		{ "esp32", 19500, 26 },
		{ "esp32c2", 50000, 40 },
		{ "esp32c2", 50001, 0 },
		{ "esp32c5", 60001, 48 },
	};
	struct ef_err err = EF_ERR_INIT;

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		uint32_t divider = cases[i].divider, mhz = 0;
		const struct ef_regs regs = regs_of(&divider);

		ck_ok(ef_chip_xtal_mhz(ef_chip_by_name(cases[i].chip), &regs, 1000, &mhz, &err),
		      &err);
		ck_assert_uint_eq(mhz, cases[i].mhz);
	}
}
END_TEST

/* esptool esp32c5.py, get_crystal_freq_rom_expect: bits 24 to 30; the other bits mean other things.
 */
START_TEST(crystal_that_the_rom_assumes)
{
	static const struct {
		uint32_t word, xtal_mhz, rate_hz;
	} cases[] = {
		{ 40u << 24 | 0x80ffffffu, 48, 96000 },
		{ 40u << 24, 48, 96000 },
		{ 48u << 24 | 0x80ffffffu, 40, 138240 },
		{ 48u << 24, 48, 115200 },
		{ 40u << 24, 40, 115200 },
	};
	const struct ef_chip *chip = ef_chip_by_name("esp32c5");
	struct ef_err err = EF_ERR_INIT;

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		uint32_t word = cases[i].word, rate_hz = 0;
		const struct ef_regs regs = regs_of(&word);

		ck_ok(chip->hooks.rom_baud(chip, &regs, cases[i].xtal_mhz, 115200, &rate_hz, &err),
		      &err);
		ck_assert_uint_eq(rate_hz, cases[i].rate_hz);
	}
}
END_TEST

/* espefuse, efuse_defs/esp32c61.yaml: PSRAM_CAP has three bits, 19 to 21. */
START_TEST(width_of_a_field)
{
	uint32_t word = 7u << 19, value = 0;
	const struct ef_regs regs = regs_of(&word);
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_efuse_read(&ef_chip_by_name("esp32c61")->efuse.psram_cap, &regs, &value, &err),
	      &err);
	ck_assert_uint_eq(value, 7);
	word = ~word;
	ck_ok(ef_efuse_read(&ef_chip_by_name("esp32c61")->efuse.psram_cap, &regs, &value, &err),
	      &err);
	ck_assert_uint_eq(value, 0);
}
END_TEST

/* espflash, target/mod.rs: the codes of the S3's frequencies, in both directions. */
START_TEST(codes_of_frequencies)
{
	static const struct {
		uint16_t mhz;
		uint8_t code;
	} freqs[] = { { 80, 0xf }, { 40, 0 }, { 26, 1 }, { 20, 2 } };
	const struct ef_chip *chip = ef_chip_by_name("esp32s3");
	uint8_t code;

	for (size_t i = 0; i < EF_ARRAY_LEN(freqs); i++) {
		ck_assert_uint_eq(ef_chip_freq_mhz(chip, freqs[i].code), freqs[i].mhz);
		ck_assert(ef_chip_freq_code(chip, freqs[i].mhz, &code));
		ck_assert_uint_eq(code, freqs[i].code);
	}
	ck_assert_uint_eq(ef_chip_freq_mhz(chip, 3), 0);
	ck_assert(!ef_chip_freq_code(chip, 60, &code));
}
END_TEST

/* The first and the last byte of a memory are in it, their neighbours are not. */
START_TEST(edges_of_memories)
{
	for (unsigned i = 0; ef_chips[i]; i++) {
		for (unsigned k = 0; k < EF_CHIP_MEMS && ef_chips[i]->mem[k].end; k++) {
			const struct ef_mem *m = &ef_chips[i]->mem[k];

			ck_assert_ptr_eq(ef_chip_mem(ef_chips[i], m->start), m);
			ck_assert_ptr_eq(ef_chip_mem(ef_chips[i], m->end - 1), m);
			ck_assert_ptr_ne(ef_chip_mem(ef_chips[i], m->start - 1), m);
			ck_assert_ptr_ne(ef_chip_mem(ef_chips[i], m->end), m);
		}
		ck_assert_ptr_null(ef_chip_mem(ef_chips[i], 0xffffffff));
	}
}
END_TEST

Suite *suite_chip_edges(void);
Suite *suite_chip_edges(void)
{
	Suite *s = suite_create("chip_edges");
	TCase *t = tcase_create("chip_edges");

	tcase_add_test(t, addresses_that_need_no_crc);
	tcase_add_test(t, crystal_between_two);
	tcase_add_test(t, crystal_that_the_rom_assumes);
	tcase_add_test(t, width_of_a_field);
	tcase_add_test(t, codes_of_frequencies);
	tcase_add_test(t, edges_of_memories);
	suite_add_tcase(s, t);
	return s;
}
