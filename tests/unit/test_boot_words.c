/* SPDX-License-Identifier: MIT */
/*
 * The numbers of the ROMs' boot logs, all chips: reasons of a reset against
 * ESP-IDF's components/esp_rom/<chip>/include/<chip>/rom/rtc.h (enum
 * RESET_REASON) and components/soc/<chip>/include/soc/reset_reasons.h, strapping pins against
 * esptool's boot-mode-selection.rst.
 */
#include <espflash/chip.h>

#include "ck_ef.h"

/*
 * By code: s power-on, EN, USB or JTAG; o the program's doing (software, sleep,
 * power-down of a part, lock-up); w a watchdog; p the supply (brown-out,
 * glitch, and what only a disturbed chip reports); '.' not in the header.
 */
static const struct {
	const char *chip, *kinds;
} reasons[] = {
	{ "esp32", ".s.owoowwwpwowopw" },
	{ "esp32s2", ".s.o.o.wwwpwow.pwwwpp" },
	{ "esp32s3", ".s.o.o.wwwpwow.pwwwppssp" },
	{ "esp32c2", ".s.o.o.w.wpwow.pw.wpp...s" },
	{ "esp32c3", ".s.o.o.wwwpwow.pwwwppssp" },
	{ "esp32c5", ".s.o.o.www.wow.pwww.pss.spo" },
	{ "esp32c6", ".s.o.oowww.wow.pwww.pss.s" },
	{ "esp32c61", ".s.o.o.www.wow.pwww.pss.spo" },
	{ "esp32h2", ".s.o.o.www.wow.pwww.pssps" },
	{ "esp32p4", ".s.o.o.w.w.wow.pw.wpp.sss.op" },
	{ "esp32s31", ".s.o.oowww.wow.pw.wpp.sss.o" },
};
#define REASONS (int)(sizeof(reasons) / sizeof(reasons[0]))

START_TEST(every_reason_of_the_headers_is_known)
{
	const struct ef_chip *chip = ef_chip_by_name(reasons[_i].chip);
	const char *kinds = reasons[_i].kinds;

	ck_assert_ptr_nonnull(chip);
	for (unsigned code = 0; kinds[code]; code++) {
		static const char letters[] = { [EF_RST_START] = 's',
						[EF_RST_SOFTWARE] = 'o',
						[EF_RST_WATCHDOG] = 'w',
						[EF_RST_POWER] = 'p' };
		const struct ef_rst_reason *r = ef_chip_rst_reason(chip, code);

		if (kinds[code] == '.')
			continue;
		ck_assert_msg(r != NULL, "%s: no reason 0x%x", chip->name, code);
		ck_assert_msg(letters[r->kind] == kinds[code], "%s: 0x%x is '%c', not '%c'",
			      chip->name, code, letters[r->kind], kinds[code]);
		ck_assert_uint_gt(strlen(r->words), 3);
	}
	ck_assert_ptr_null(ef_chip_rst_reason(chip, 0x7f));
}
END_TEST

static const struct {
	const char *chip;
	unsigned boot_mask;
	const char *boot;
	unsigned second_mask;
	const char *second;
	int second_level; /* that download mode needs */
	uint32_t reg;     /* GPIO_STRAP_REG */
} straps[] = {
	{ "esp32", 0x10, "GPIO0", 0x8, "GPIO2", 0, 0x3ff44038 },
	{ "esp32s2", 0x8, "GPIO0", 0x4, "GPIO46", 0, 0x3f404038 },
	{ "esp32s3", 0x8, "GPIO0", 0x4, "GPIO46", 0, 0x60004038 },
	{ "esp32c2", 0x8, "GPIO9", 0x4, "GPIO8", 1, 0x60004038 },
	{ "esp32c3", 0x8, "GPIO9", 0x4, "GPIO8", 1, 0x60004038 },
	{ "esp32c5", 0x8, "GPIO28", 0x4, "GPIO27", 1, 0x60091000 },
	{ "esp32c6", 0x8, "GPIO9", 0x4, "GPIO8", 1, 0x60091038 },
	{ "esp32c61", 0x8, "GPIO9", 0x4, "GPIO8", 1, 0x60091000 },
	{ "esp32h2", 0x8, "GPIO9", 0x4, "GPIO8", 1, 0x60091038 },
	{ "esp32p4", 0x8, "GPIO35", 0x4, "GPIO36", 1, 0x500e0038 },
	{ "esp32s31", 0x8, "GPIO61", 0x4, "GPIO60", 1, 0x20583000 },
};
#define STRAPS (int)(sizeof(straps) / sizeof(straps[0]))

START_TEST(strap_bits_are_the_pins_of_the_chip)
{
	const struct ef_chip *chip = ef_chip_by_name(straps[_i].chip);
	const struct ef_strap_pin *pin;

	ck_assert_ptr_nonnull(chip);
	pin = chip->strap.pins;
	ck_assert_uint_eq(pin[0].mask, straps[_i].boot_mask);
	ck_assert_str_eq(pin[0].name, straps[_i].boot);
	ck_assert_int_eq(pin[0].download, 0);
	ck_assert_uint_eq(pin[1].mask, straps[_i].second_mask);
	ck_assert_str_eq(pin[1].name, straps[_i].second);
	ck_assert_int_eq(pin[1].download, straps[_i].second_level);
	ck_assert_uint_eq(chip->strap.reg, straps[_i].reg);
}
END_TEST

START_TEST(no_chip_is_missing)
{
	size_t n = 0;

	while (ef_chips[n])
		n++;
	ck_assert_uint_eq(n, REASONS);
	ck_assert_uint_eq(n, STRAPS);
}
END_TEST

Suite *suite_boot_words(void);
Suite *suite_boot_words(void)
{
	Suite *s = suite_create("boot_words");
	TCase *t = tcase_create("numbers");

	tcase_add_loop_test(t, every_reason_of_the_headers_is_known, 0, REASONS);
	tcase_add_loop_test(t, strap_bits_are_the_pins_of_the_chip, 0, STRAPS);
	tcase_add_test(t, no_chip_is_missing);
	suite_add_tcase(s, t);
	return s;
}
