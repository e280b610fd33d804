/* SPDX-License-Identifier: MIT */
/*
 * Crystals, rates of the ROM, the power of the P4 and the security fields of the ESP32, from the
 * register file of fake_regs.h.
 */
#include "fake_regs.h"

START_TEST(crystal)
{
	/* divider = crystal / rate: at 115200, 347 is 40 MHz, 226 is 26, 416 is 48 */
	static const struct {
		const char *chip;
		struct word words[3];
		uint32_t rate, mhz;
		unsigned accesses;
	} cases[] = {
		{ "esp32", { { 0x3ff40014, 347 | 3u << 20 } }, 115200, 40, 1 },
		{ "esp32", { { 0x3ff40014, 225 } }, 115200, 26, 1 },
		{ "esp32", { { 0x3ff40014, 43 } }, 921600, 40, 1 },
		/* no crystal that the chip can have: 0, 15 and far too many MHz */
		{ "esp32", { { 0x3ff40014, 0xfffff } }, 4000000, 0, 1 },
		{ "esp32", { { 0x3ff40014, 0x80 } }, 115200, 0, 1 },
		{ "esp32", { { 0 } }, 115200, 0, 1 },
		{ "esp32c2", { { 0x60000014, 226 } }, 115200, 26, 1 },
		{ "esp32c2", { { 0x60000014, 347 } }, 115200, 40, 1 },
		{ "esp32c5", { { 0x60000014, 416 }, { 0x60096110, 40u << 24 } }, 115200, 48, 1 },
		{ "esp32c5", { { 0x60000014, 347 }, { 0x60096110, 48u << 24 } }, 115200, 40, 1 },
		{ "esp32c5", { { 0x60096110, 48u << 24 } }, 115200, 48, 2 },
		{ "esp32c5", { { 0x60096110, 40u << 24 } }, 115200, 40, 2 },
		/* esptool esp32c5.py, PCR_SYSCLK_XTAL_FREQ_V: 7 bits */
		{ "esp32c5", { { 0x60096110, 0x80000000u | 40u << 24 } }, 115200, 40, 2 },
		/* no crystal of this chip: the answer is damaged, and says nothing */
		{ "esp32c5", { { 0x60096110, 41u << 24 } }, 115200, 0, 2 },
		{ "esp32c5", { { 0x60096110, 47u << 24 } }, 115200, 0, 2 },
		{ "esp32c5", { { 0x60096110, 127u << 24 } }, 115200, 0, 2 },
		{ "esp32c3", { { 0 } }, 115200, 40, 0 },
		{ "esp32h2", { { 0 } }, 115200, 32, 0 },
		{ "esp32p4", { { 0 } }, 115200, 40, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake f = { .words = cases[i].words };
		struct ef_regs regs = fake_regs(&f);
		struct ef_err err = EF_ERR_INIT;
		uint32_t mhz = 0;

		ck_ok(ef_chip_xtal_mhz(ef_chip_by_name(cases[i].chip), &regs, cases[i].rate, &mhz,
				       &err),
		      &err);
		ck_assert_msg(mhz == cases[i].mhz, "case %zu: %u MHz", i, mhz);
		ck_assert_uint_eq(f.accesses, cases[i].accesses);
	}
}
END_TEST

START_TEST(rom_rates)
{
	static const struct {
		const char *chip;
		struct word words[3];
		uint32_t xtal, rate, sent;
	} cases[] = {
		/*
		 * esptool: cal * 15625 * ck8m / 40 = f_rom; rate * f_rom // 40e6.
		 * 640 * 15625 * 160 / 40 = 40000000: nothing to correct
		 */
		{ "esp32", { { 0x3ff5f06c, 640u << 7 }, { 0x3ff5a010, 160 } }, 40, 921600, 921600 },
		/* 650 * 15625 * 160 / 40 = 40625000; 921600 * 40625000 // 40000000 = 936000 */
		{ "esp32", { { 0x3ff5f06c, 650u << 7 }, { 0x3ff5a010, 160 } }, 40, 921600, 936000 },
		/* 416 * 15625 * 164 / 40 = 26650000, below 33 MHz: 26 MHz crystal */
		{ "esp32", { { 0x3ff5f06c, 416u << 7 }, { 0x3ff5a010, 164 } }, 26, 115200, 118080 },
		/* nothing calibrated, and nonsense */
		{ "esp32", { { 0 } }, 40, 460800, 460800 },
		{ "esp32",
		  { { 0x3ff5f06c, UINT32_MAX }, { 0x3ff5a010, 0xff } },
		  40,
		  460800,
		  460800 },
		{ "esp32c2", { { 0 } }, 26, 921600, 1417846 },
		{ "esp32c2", { { 0 } }, 40, 921600, 921600 },
		{ "esp32c5", { { 0x60096110, 40u << 24 } }, 48, 921600, 768000 },
		{ "esp32c5", { { 0x60096110, 48u << 24 } }, 40, 921600, 1105920 },
		{ "esp32c5", { { 0x60096110, 48u << 24 } }, 48, 921600, 921600 },
		{ "esp32c5", { { 0x60096110, 0x55u << 24 } }, 48, 921600, 921600 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ef_chip *chip = ef_chip_by_name(cases[i].chip);
		struct fake f = { .words = cases[i].words };
		struct ef_regs regs = fake_regs(&f);
		struct ef_err err = EF_ERR_INIT;
		uint32_t sent = 0;

		ck_ok(chip->hooks.rom_baud(chip, &regs, cases[i].xtal, cases[i].rate, &sent, &err),
		      &err);
		ck_assert_msg(sent == cases[i].sent, "case %zu: %u", i, sent);
	}
}
END_TEST

START_TEST(p4_power_up)
{
	/* protocol facts, "P4 flash power-on" */
	static const struct {
		uint32_t addr, value, mask, us;
	} want[] = {
		{ 0x5011010c, 1, 0xffffffff, 10000 },
		{ 0x501151bc, 0x08000000, 0x08000000, 0 },
		{ 0x501151b8, 0x00000080, 0x00000080, 0 },
		{ 0x501153fc, 3, 3, 50 },
		{ 0x501151bc, 0, 0x08000000, 0 },
		{ 0x501151b8, 0, 0x7f800000, 0 },
		{ 0x501151b8, 0x80, 0x80, 0 },
		{ 0x501151b8, 0, 0x80, 1800 },
	};
	static const uint16_t revisions[] = { 301, 302, 303 }; /* ECO6, ECO7, ECO8 */
	const struct ef_chip *chip = ef_chip_by_name("esp32p4");
	struct ef_err err = EF_ERR_INIT;

	for (unsigned r = 0; r < 3; r++) {
		struct fake f = { .words = NULL };
		struct ef_regs regs = fake_regs(&f);

		ck_ok(chip->hooks.flash_power_up(chip, &regs, revisions[r], &err), &err);
		ck_assert_uint_eq(f.writes, 8);
		for (unsigned i = 0; i < 8; i++)
			ck_assert_mem_eq(&f.log[i], &want[i], sizeof(want[i]));
	}
	for (unsigned n = 1; n <= 12; n++) {
		struct fake f = { .fail_at = n };
		struct ef_regs regs = fake_regs(&f);

		ck_fails(chip->hooks.flash_power_up(chip, &regs, 302, &err), &err, EF_E_TIMEOUT,
			 "");
	}
}
END_TEST

START_TEST(p4_no_power_up)
{
	static const struct {
		uint16_t revision;
		struct word words[3];
		unsigned writes;
	} cases[] = {
		{ 0, { { 0 } }, 0 },
		{ 103, { { 0 } }, 0 },
		{ 300, { { 0 } }, 0 },
		{ 304, { { 0 } }, 0 },
		/* the ROM powers it: force bits are released, if both are set */
		{ 302, { { 0x5012d034, 1u << 16 }, { 0x501153fc, 0x1234567f } }, 1 },
		{ 302, { { 0x5012d034, 1u << 16 }, { 0x501153fc, 0x12345671 } }, 0 },
		{ 303, { { 0x5012d034, 1u << 16 }, { 0x501153fc, 0x1234567f } }, 1 },
	};
	const struct ef_chip *chip = ef_chip_by_name("esp32p4");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake f = { .words = cases[i].words };
		struct ef_regs regs = fake_regs(&f);
		struct ef_err err = EF_ERR_INIT;

		ck_ok(chip->hooks.flash_power_up(chip, &regs, cases[i].revision, &err), &err);
		ck_assert_uint_eq(f.writes, cases[i].writes);
		if (f.writes) {
			ck_assert_uint_eq(f.log[0].addr, 0x501153fc);
			ck_assert_uint_eq(f.log[0].value & f.log[0].mask, 0);
			ck_assert_uint_eq(f.log[0].mask, 3);
		}
	}
}
END_TEST

START_TEST(esp32_security_fields)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32");
	static const struct word words[] = {
		{ 0x3ff5a000, 0x02100000 },
		{ 0x3ff5a018, 0x20 },
		{ 0, 0 },
	};
	struct fake f = { .words = words };
	struct ef_regs regs = fake_regs(&f);
	struct ef_err err = EF_ERR_INIT;
	uint32_t value;

	ck_ok(ef_efuse_read(&chip->efuse.crypt_cnt, &regs, &value, &err), &err);
	ck_assert_uint_eq(value, 0x21);
	ck_ok(ef_efuse_read(&chip->efuse.secure_boot, &regs, &value, &err), &err);
	ck_assert_uint_eq(value, 2);
	/* a field that the chip lacks */
	f.accesses = 0;
	ck_ok(ef_efuse_read(&chip->efuse.psram_cap, &regs, &value, &err), &err);
	ck_assert_uint_eq(value, 0);
	ck_assert_uint_eq(f.accesses, 0);
}
END_TEST

Suite *suite_chip_clocks(void);
Suite *suite_chip_clocks(void)
{
	Suite *s = suite_create("chip_clocks");
	TCase *t = tcase_create("registers");

	tcase_add_test(t, crystal);
	tcase_add_test(t, rom_rates);
	tcase_add_test(t, p4_power_up);
	tcase_add_test(t, p4_no_power_up);
	tcase_add_test(t, esp32_security_fields);
	suite_add_tcase(s, t);
	return s;
}
