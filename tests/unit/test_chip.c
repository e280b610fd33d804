/* SPDX-License-Identifier: MIT */
/*
 * Walks the table of chips: what must hold for every record; the lookups; and
 * numbers that were copied by hand from esptool's and espflash's sources, so
 * that the suite means something where the reference files are missing.
 */
#include <ctype.h>

#include <espflash/chip.h>

#include "ck_ef.h"

#define CHIPS 11

START_TEST(order_and_count)
{
	/* espflash: target/mod.rs, enum Chip */
	static const char *const names[] = { "esp32",   "esp32c2",  "esp32c3", "esp32c5",
					     "esp32c6", "esp32c61", "esp32h2", "esp32p4",
					     "esp32s2", "esp32s3",  "esp32s31" };
	for (unsigned i = 0; i < CHIPS; i++) {
		ck_assert_ptr_nonnull(ef_chips[i]);
		ck_assert_str_eq(ef_chips[i]->name, names[i]);
	}
	ck_assert_ptr_null(ef_chips[CHIPS]);
}
END_TEST

START_TEST(identity_is_unique)
{
	const struct ef_chip *a = ef_chips[_i];

	for (const char *c = a->name; *c; c++)
		ck_assert(islower((unsigned char)*c) || isdigit((unsigned char)*c));
	for (unsigned k = 0; ef_chips[k]; k++) {
		const struct ef_chip *b = ef_chips[k];

		if (a == b)
			continue;
		ck_assert_str_ne(a->name, b->name);
		ck_assert_str_ne(a->label, b->label);
		ck_assert_uint_ne(a->image_id, b->image_id);
		for (unsigned m = 0; m < a->magic_count; m++)
			for (unsigned n = 0; n < b->magic_count; n++)
				ck_assert_uint_ne(a->magic[m], b->magic[n]);
	}
	ck_assert_uint_le(a->magic_count, EF_CHIP_MAGICS);
	for (unsigned m = 0; m < a->magic_count; m++)
		ck_assert_uint_ne(a->magic[m], 0);
}
END_TEST

START_TEST(lookups_find_it)
{
	const struct ef_chip *chip = ef_chips[_i];
	char upper[32];

	ck_assert_ptr_eq(ef_chip_by_name(chip->name), chip);
	ck_assert_ptr_eq(ef_chip_by_name(chip->label), chip);
	for (size_t i = 0; i <= strlen(chip->name); i++)
		upper[i] = (char)toupper((unsigned char)chip->name[i]);
	ck_assert_ptr_eq(ef_chip_by_name(upper), chip);
	ck_assert_ptr_eq(ef_chip_by_image_id(chip->image_id), chip);
	for (unsigned m = 0; m < chip->magic_count; m++)
		ck_assert_ptr_eq(ef_chip_by_magic(chip->magic[m]), chip);
}
END_TEST

START_TEST(lookups_refuse)
{
	ck_assert_ptr_null(ef_chip_by_name("esp32c"));
	ck_assert_ptr_null(ef_chip_by_name("esp32-"));
	ck_assert_ptr_null(ef_chip_by_name("esp8266"));
	ck_assert_ptr_null(ef_chip_by_name(""));
	ck_assert_ptr_null(ef_chip_by_image_id(4)); /* ESP32-S3 beta 2 */
	ck_assert_ptr_null(ef_chip_by_image_id(0xffff));
	ck_assert_ptr_null(ef_chip_by_magic(0));          /* early P4, and S31 */
	ck_assert_ptr_null(ef_chip_by_magic(0xfff0c101)); /* ESP8266 */
	ck_assert_str_eq(ef_chip_by_flag(EF_CHIP_SDM_REFUSES_READ_REG)->name, "esp32s2");
	ck_assert_str_eq(ef_chip_by_flag(EF_CHIP_CLEAR_FORCE_DOWNLOAD)->name, "esp32s3");
	ck_assert_ptr_null(ef_chip_by_flag(EF_CHIP_ROM_ENCRYPT_WORD)); /* many */
}
END_TEST

static void check_memory(const struct ef_chip *chip)
{
	bool has_irom = false, has_ram = false;
	unsigned n = 0;

	for (; n < EF_CHIP_MEMS && chip->mem[n].end; n++) {
		const struct ef_mem *mem = &chip->mem[n];

		ck_assert_uint_lt(mem->start, mem->end);
		ck_assert_uint_eq(mem->start % 4, 0);
		ck_assert_uint_eq(mem->end % 4, 0);
		ck_assert_ptr_nonnull(mem->name);
		if (n > 0 && chip->mem[n - 1].start < mem->start)
			ck_assert_uint_le(chip->mem[n - 1].end, mem->start);
		else if (n > 0)
			ck_abort_msg("%s: regions are not in order", chip->name);
		has_irom = has_irom || mem->kind == EF_MEM_IROM;
		has_ram = has_ram || mem->kind == EF_MEM_DRAM;
		ck_assert_ptr_eq(ef_chip_mem(chip, mem->start), mem);
		ck_assert_ptr_eq(ef_chip_mem(chip, mem->end - 1), mem);
		ck_assert_int_eq(ef_chip_is_flash_addr(chip, mem->start),
				 mem->kind == EF_MEM_IROM || mem->kind == EF_MEM_DROM);
	}
	ck_assert_uint_lt(n, EF_CHIP_MEMS);
	ck_assert(has_irom && has_ram);
	ck_assert_ptr_null(ef_chip_mem(chip, 0));
	ck_assert_ptr_null(ef_chip_mem(chip, UINT32_MAX));
}

START_TEST(memory_is_ordered)
{
	check_memory(ef_chips[_i]);
}
END_TEST

static void check_efuse(const struct ef_efuse *f, unsigned bits)
{
	uint64_t seen = 0;

	for (unsigned i = 0; i < EF_EFUSE_PARTS && f->part[i].width; i++) {
		const struct ef_efuse_part *p = &f->part[i];
		uint64_t mask = (((uint64_t)1 << p->width) - 1) << p->lsb;

		ck_assert_uint_eq(p->reg % 4, 0);
		ck_assert_uint_le(p->shift + p->width, 32);
		ck_assert_uint_eq(seen & mask, 0);
		seen |= mask;
	}
	ck_assert(seen < (uint64_t)1 << bits);
	ck_assert_uint_eq(seen & (seen + 1), 0); /* no hole */
}

START_TEST(registers_are_aligned)
{
	const struct ef_chip *chip = ef_chips[_i];
	const struct ef_efuse *fields[] = {
		&chip->efuse.mac_high,     &chip->efuse.rev_major,    &chip->efuse.rev_minor,
		&chip->efuse.package,      &chip->efuse.flash_cap,    &chip->efuse.psram_cap,
		&chip->efuse.flash_vendor, &chip->efuse.psram_vendor, &chip->efuse.blk_major,
		&chip->efuse.blk_minor,    &chip->efuse.crypt_cnt,    &chip->efuse.secure_boot,
	};
	const uint32_t regs[] = {
		chip->spi.base,
		chip->xtal.clkdiv_reg,
		chip->xtal.rom_reg,
		chip->wdt.wprotect,
		chip->wdt.config0,
		chip->wdt.config1,
		chip->wdt.swd_conf,
		chip->wdt.swd_wprotect,
		chip->strap.reg,
		chip->rom.console_reg,
		chip->rom.console_new_reg,
		chip->stub.hijack_ptr,
		chip->strap.force_download_reg,
	};

	check_efuse(&chip->efuse.mac_low, 32);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		check_efuse(fields[i], 16);
	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		ck_assert_uint_eq(regs[i] % 4, 0);
	ck_assert_uint_ne(chip->efuse.rev_major.part[0].width, 0);
	ck_assert_uint_ne(chip->efuse.rev_minor.part[0].width, 0);
	ck_assert_uint_eq(chip->efuse.mac_low.part[0].width, 32);
	ck_assert_uint_eq(chip->efuse.mac_high.part[0].width, 16);
}
END_TEST

START_TEST(defaults_are_possible)
{
	const struct ef_chip *chip = ef_chips[_i];
	bool has_xtal = false, has_64k = false;
	uint8_t code;

	ck_assert(ef_chip_freq_code(chip, chip->image.default_freq_mhz, &code));
	ck_assert_uint_eq(ef_chip_freq_mhz(chip, code), chip->image.default_freq_mhz);
	ck_assert(!ef_chip_freq_code(chip, 0, &code));
	ck_assert(!ef_chip_freq_code(chip, 999, &code));
	ck_assert_uint_eq(ef_chip_freq_mhz(chip, 0xe), 0);
	for (unsigned i = 0; i < sizeof(chip->xtal.mhz); i++)
		has_xtal = has_xtal || chip->xtal.mhz[i] == chip->image.default_xtal_mhz;
	ck_assert(has_xtal);
	for (unsigned i = 0; i < sizeof(chip->image.mmu_page_log2); i++) {
		has_64k = has_64k || chip->image.mmu_page_log2[i] == 16;
		if (i && chip->image.mmu_page_log2[i])
			ck_assert_uint_gt(chip->image.mmu_page_log2[i],
					  chip->image.mmu_page_log2[i - 1]);
	}
	ck_assert(has_64k);
	/* a sector, below the partition table */
	ck_assert_uint_eq(chip->image.boot_addr % 0x1000, 0);
	ck_assert_uint_lt(chip->image.boot_addr, 0x8000);
}
END_TEST

/* ESP-IDF, esp_efuse_table.csv of each chip: both are flags of one bit, which each chip has or not.
 */
START_TEST(crypt_flags_are_single_bits)
{
	const struct ef_chip *chip = ef_chips[_i];
	bool has_manager = strcmp(chip->name, "esp32c5") == 0 ||
			   strcmp(chip->name, "esp32p4") == 0 ||
			   strcmp(chip->name, "esp32s31") == 0;

	ck_assert_uint_eq(chip->efuse.no_encrypt.part[0].width, 1);
	ck_assert_uint_eq(chip->efuse.no_encrypt.part[1].width, 0);
	ck_assert_uint_eq(chip->efuse.key_manager.part[0].width, has_manager);
	ck_assert_uint_eq(chip->efuse.key_manager.part[1].width, 0);
}
END_TEST

START_TEST(flags_agree)
{
	const struct ef_chip *chip = ef_chips[_i];
	const struct ef_wdt *wdt = &chip->wdt;

	ck_assert(chip->hooks.features != NULL || chip->features != NULL);
	ck_assert_ptr_nonnull(chip->stub.name);
	ck_assert_int_eq(chip->stub.name_old != NULL, chip->stub.old_below != 0);
	ck_assert_int_eq(!!(chip->flags & EF_CHIP_STUB_HIJACK_WITH_SECURE_BOOT),
			 chip->stub.hijack_ptr != 0);
	ck_assert(chip->magic_count > 0 || (chip->flags & EF_CHIP_HAS_SECURITY_INFO));
	if (!(chip->flags & EF_CHIP_HAS_SECURITY_INFO))
		ck_assert_uint_ne(chip->efuse.crypt_cnt.part[0].width, 0);
	if (chip->flags & EF_CHIP_ROM_BAUD_ASSUMES_40M)
		ck_assert(chip->hooks.rom_baud != NULL);
	if (wdt->can_reset || wdt->disable_on_usb)
		ck_assert(wdt->wprotect && wdt->config0 && wdt->config1 && wdt->key);
	else
		ck_assert(!wdt->wprotect && !wdt->config0 && !wdt->config1 && !wdt->key);
	if (wdt->disable_on_usb)
		ck_assert(wdt->swd_wprotect && wdt->swd_conf && wdt->swd_key && wdt->swd_auto_feed);
	if (chip->flags & EF_CHIP_OTG_RESET_BY_WATCHDOG)
		ck_assert(wdt->can_reset && chip->rom.otg_pid);
	if (chip->flags & EF_CHIP_CLEAR_FORCE_DOWNLOAD)
		ck_assert(chip->strap.force_download_reg && chip->strap.force_download_mask);
}
END_TEST

/* From esptool's target files, espflash's target/mod.rs and esptool's CHIP_DETECT values. */
static const struct literal {
	const char *name, *label;
	uint16_t image_id;
	uint32_t boot_addr, spi_base, flash_lo, flash_hi, drom_lo, drom_hi, magic, mac_low;
	uint16_t freq;
	uint8_t xtal;
	bool can_wdt_reset;
} literals[] = {
	{ "esp32", "ESP32", 0, 0x1000, 0x3ff42000, 0x400d0000, 0x40400000, 0x3f400000, 0x3f800000,
	  0x00f01d83, 0x3ff5a004, 40, 40, false },
	{ "esp32c2", "ESP32-C2", 12, 0, 0x60002000, 0x42000000, 0x42400000, 0x3c000000, 0x3c400000,
	  0x6f51306f, 0x60008840, 30, 40, true },
	{ "esp32c3", "ESP32-C3", 5, 0, 0x60002000, 0x42000000, 0x42800000, 0x3c000000, 0x3c800000,
	  0x1b31506f, 0x60008844, 40, 40, true },
	{ "esp32c5", "ESP32-C5", 23, 0x2000, 0x60003000, 0x42000000, 0x44000000, 0x42000000,
	  0x44000000, 0x1101406f, 0x600b4844, 40, 48, true },
	{ "esp32c6", "ESP32-C6", 13, 0, 0x60003000, 0x42000000, 0x43000000, 0x42000000, 0x43000000,
	  0x2ce0806f, 0x600b0844, 40, 40, false },
	{ "esp32c61", "ESP32-C61", 20, 0, 0x60003000, 0x42000000, 0x44000000, 0x42000000,
	  0x44000000, 0x33f0206f, 0x600b4844, 40, 40, true },
	{ "esp32h2", "ESP32-H2", 16, 0, 0x60003000, 0x42000000, 0x43000000, 0x42000000, 0x43000000,
	  0xd7b73e80, 0x600b0844, 24, 32, false },
	{ "esp32p4", "ESP32-P4", 18, 0x2000, 0x5008d000, 0x40000000, 0x4c000000, 0x40000000,
	  0x4c000000, 0x0addbad0, 0x5012d044, 40, 40, true },
	{ "esp32s2", "ESP32-S2", 2, 0x1000, 0x3f402000, 0x40080000, 0x40b80000, 0x3f000000,
	  0x3f400000, 0x000007c6, 0x3f41a044, 40, 40, true },
	{ "esp32s3", "ESP32-S3", 9, 0, 0x60002000, 0x42000000, 0x44000000, 0x3c000000, 0x3e000000,
	  0x00000009, 0x60007044, 40, 40, true },
	{ "esp32s31", "ESP32-S31", 32, 0x2000, 0x20501000, 0x40000000, 0x54000000, 0x40000000,
	  0x54000000, 0, 0x20715050, 40, 40, true },
};

START_TEST(literals_agree)
{
	const struct literal *want = &literals[_i];
	const struct ef_chip *chip = ef_chip_by_name(want->name);

	ck_assert_ptr_nonnull(chip);
	ck_assert_str_eq(chip->label, want->label);
	ck_assert_uint_eq(chip->image_id, want->image_id);
	ck_assert_uint_eq(chip->image.boot_addr, want->boot_addr);
	ck_assert_uint_eq(chip->spi.base, want->spi_base);
	ck_assert(ef_chip_is_flash_addr(chip, want->flash_lo));
	ck_assert(ef_chip_is_flash_addr(chip, want->flash_hi - 1));
	ck_assert(!ef_chip_is_flash_addr(chip, want->flash_hi));
	ck_assert(!ef_chip_is_flash_addr(chip, want->flash_lo - 1));
	ck_assert(ef_chip_is_flash_addr(chip, want->drom_lo));
	ck_assert(ef_chip_is_flash_addr(chip, want->drom_hi - 1));
	ck_assert(!ef_chip_is_flash_addr(chip, want->drom_hi));
	if (want->magic)
		ck_assert_ptr_eq(ef_chip_by_magic(want->magic), chip);
	ck_assert_uint_eq(chip->efuse.mac_low.part[0].reg, want->mac_low);
	ck_assert_uint_eq(chip->image.default_freq_mhz, want->freq);
	ck_assert_uint_eq(chip->image.default_xtal_mhz, want->xtal);
	ck_assert_int_eq(chip->wdt.can_reset, want->can_wdt_reset);
}
END_TEST

/* What espflash writes: target/mod.rs, encode_flash_frequency. */
START_TEST(frequency_codes)
{
	static const struct {
		const char *chip;
		uint16_t mhz;
		int code; /* -1: the chip has no such frequency */
	} cases[] = {
		{ "esp32", 80, 15 },    { "esp32", 26, 1 },    { "esp32", 20, 2 },
		{ "esp32c6", 80, 15 },  { "esp32c6", 26, -1 }, { "esp32c6", 40, 0 },
		{ "esp32c2", 60, 15 },  { "esp32c2", 30, 0 },  { "esp32c2", 20, 1 },
		{ "esp32c2", 15, 2 },   { "esp32c2", 80, -1 }, { "esp32h2", 48, 15 },
		{ "esp32h2", 24, 0 },   { "esp32h2", 16, 1 },  { "esp32h2", 12, 2 },
		{ "esp32h2", 40, -1 },  { "esp32c5", 26, -1 }, { "esp32c61", 26, -1 },
		{ "esp32s31", 26, -1 }, { "esp32s3", 26, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ef_chip *chip = ef_chip_by_name(cases[i].chip);
		uint8_t code = 0xee;
		bool ok = ef_chip_freq_code(chip, cases[i].mhz, &code);

		ck_assert_msg(ok == (cases[i].code >= 0), "%s %u", cases[i].chip, cases[i].mhz);
		ck_assert_int_eq(code, ok ? cases[i].code : 0xee);
	}
}
END_TEST

/* esptool: targets/esp32XX.py */
START_TEST(quirks)
{
	const struct ef_chip *p4 = ef_chip_by_name("esp32p4"), *c2 = ef_chip_by_name("esp32c2");
	const struct ef_chip *s3 = ef_chip_by_name("esp32s3"), *s2 = ef_chip_by_name("esp32s2");

	ck_assert_str_eq(p4->stub.name, "esp32p4");
	ck_assert_str_eq(p4->stub.name_old, "esp32p4-rev1");
	ck_assert_uint_eq(p4->stub.old_below, 300);
	ck_assert(p4->hooks.flash_power_up != NULL);
	ck_assert_uint_eq(c2->stub.min_rev, 100);
	ck_assert_uint_eq(s3->stub.hijack_ptr, 0x3fcef688);
	ck_assert_uint_eq(s3->strap.force_download_reg, 0x6000812c);
	ck_assert_uint_eq(s3->wdt.swd_key, 0x8f1d312a);
	ck_assert_uint_eq(s2->rom.otg_pid, 2);
	ck_assert_uint_eq(s3->rom.otg_pid, 9);
	ck_assert_uint_eq(p4->rom.otg_pid, 0x12);
	ck_assert(!(ef_chip_by_name("esp32")->flags & EF_CHIP_HAS_SECURITY_INFO));
	ck_assert(ef_chip_by_name("esp32c3")->flags & EF_CHIP_STUB_NOT_WITH_SECURE_BOOT);
	ck_assert(ef_chip_by_name("esp32c6")->wdt.disable_on_usb);
	ck_assert(ef_chip_by_name("esp32s31")->wdt.disable_on_usb);
}
END_TEST

/* Microsoft's uf2families.json; for those that it lacks, esptool's targets. */
static const struct {
	const char *chip;
	uint32_t family;
} families[] = {
	{ "esp32", 0x1c5f21b0 },    { "esp32s2", 0xbfdd4eee },  { "esp32s3", 0xc47e5767 },
	{ "esp32c3", 0xd42ba06c },  { "esp32c2", 0x2b88d29c },  { "esp32h2", 0x332726f6 },
	{ "esp32c6", 0x540ddf62 },  { "esp32p4", 0x3d308e94 },  { "esp32c5", 0xf71c0343 },
	{ "esp32c61", 0x77d850c4 }, { "esp32s31", 0x3101f7c1 },
};

START_TEST(uf2_families)
{
	size_t count = 0;

	while (ef_chips[count])
		count++;
	ck_assert_uint_eq(count, (sizeof(families) / sizeof(families[0])));
	ck_assert_uint_eq(ef_chip_by_name(families[_i].chip)->image.uf2_family,
			  families[_i].family);
}
END_TEST

Suite *suite_chip(void);

Suite *suite_chip(void)
{
	Suite *s = suite_create("chip");
	TCase *tc = tcase_create("table");

	tcase_add_test(tc, order_and_count);
	tcase_add_loop_test(tc, identity_is_unique, 0, CHIPS);
	tcase_add_loop_test(tc, lookups_find_it, 0, CHIPS);
	tcase_add_test(tc, lookups_refuse);
	tcase_add_loop_test(tc, memory_is_ordered, 0, CHIPS);
	tcase_add_loop_test(tc, registers_are_aligned, 0, CHIPS);
	tcase_add_loop_test(tc, defaults_are_possible, 0, CHIPS);
	tcase_add_loop_test(tc, flags_agree, 0, CHIPS);
	tcase_add_loop_test(tc, crypt_flags_are_single_bits, 0, CHIPS);
	tcase_add_loop_test(tc, literals_agree, 0, CHIPS);
	tcase_add_test(tc, frequency_codes);
	tcase_add_test(tc, quirks);
	tcase_add_loop_test(tc, uf2_families, 0, CHIPS);
	suite_add_tcase(s, tc);
	return s;
}
