/* SPDX-License-Identifier: MIT */
/*
 * Compares the chip records with ../shared/reference/chip-facts.json, which
 * was derived from esptool by running it. Skipped, with a message, where that
 * file isn't beside the tree. Where a record differs on purpose, it says so here.
 */
#include <stdio.h>

#include <cjson/cJSON.h>

#include <espflash/chip.h>
#include <espflash/rom.h>

#include "base/util.h"
#include "ck_ef.h"

#define FACTS EF_CORPUS_DIR "/../reference/chip-facts.json"
#define CHIPS 11

static cJSON *facts;

static void setup(void)
{
	struct ef_buf buf = EF_BUF_INIT(EF_MAX_JSON);
	struct ef_err err = EF_ERR_INIT;

	ck_ok(ef_file_read(FACTS, &buf, &err), &err);
	facts = cJSON_ParseWithLength((const char *)buf.data, buf.len);
	ck_assert_ptr_nonnull(facts);
	ef_buf_release(&buf);
}

static void teardown(void)
{
	cJSON_Delete(facts);
	facts = NULL;
}

static const cJSON *get(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

static const cJSON *facts_of(const struct ef_chip *chip)
{
	const cJSON *o = get(get(facts, "chips"), chip->name);

	ck_assert_ptr_nonnull(o);
	return o;
}

/* A number, or one written in hexadecimal; 0 for null and what isn't there. */
static uint32_t number(const cJSON *o)
{
	uint32_t value = 0;

	if (cJSON_IsNumber(o))
		return (uint32_t)o->valuedouble;
	if (cJSON_IsString(o))
		ck_assert(ef_parse_u32(o->valuestring, UINT32_MAX, &value));
	return value;
}

static uint32_t num(const cJSON *o, const char *name)
{
	return number(get(o, name));
}

static bool has_magic(const struct ef_chip *chip, uint32_t magic)
{
	for (unsigned i = 0; i < chip->magic_count; i++)
		if (chip->magic[i] == magic)
			return true;
	return false;
}

START_TEST(identity)
{
	static const char *const lists[] = { "magic_values", "legacy_magic_values_v4",
					     "extra_magic_seen_in_other_tools" };
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *f = facts_of(chip), *detect = get(f, "detect"), *item;

	ck_assert_str_eq(get(f, "name")->valuestring, chip->label);
	ck_assert_str_eq(get(f, "arch")->valuestring,
			 chip->arch == EF_ARCH_XTENSA ? "xtensa" : "riscv");
	ck_assert_uint_eq(num(f, "image_chip_id"), chip->image_id);
	for (unsigned i = 0; i < EF_ARRAY_LEN(lists); i++)
		cJSON_ArrayForEach(item, get(detect, lists[i]))
			/* 0 is left out: it is P4's and S31's */
			ck_assert(number(item) == 0 || has_magic(chip, number(item)));
	ck_assert_uint_eq(num(get(f, "flash"), "bootloader_offset"), chip->image.boot_addr);
}
END_TEST

START_TEST(protocol)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *p = get(facts_of(chip), "protocol");

	ck_assert_uint_eq(num(p, "rom_flash_write_size"), EF_BLOCK_ROM);
	ck_assert_int_eq(cJSON_IsTrue(get(p, "rom_has_get_security_info")),
			 !!(chip->flags & EF_CHIP_HAS_SECURITY_INFO));
	ck_assert_int_eq(cJSON_IsTrue(get(p, "rom_begin_has_encrypt_word")),
			 !!(chip->flags & EF_CHIP_ROM_ENCRYPT_WORD));
}
END_TEST

START_TEST(spi_and_uart)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *s = get(facts_of(chip), "spi"), *u = get(facts_of(chip), "uart");
	const cJSON *fixed = get(get(u, "xtal"), "fixed_mhz");

	ck_assert_uint_eq(num(s, "base"), chip->spi.base);
	ck_assert_uint_eq(num(s, "cmd_offs"), 0);
	ck_assert_uint_eq(num(s, "usr_offs"), chip->spi.usr);
	ck_assert_uint_eq(num(s, "usr2_offs"), chip->spi.usr2);
	ck_assert_uint_eq(num(s, "w0_offs"), chip->spi.w0);
	ck_assert_uint_eq(num(s, "miso_dlen_offs"), chip->spi.miso_dlen);
	if (fixed) {
		ck_assert_uint_eq(number(fixed), chip->xtal.mhz[0]);
		ck_assert_uint_eq(chip->xtal.mhz[1], 0);
		ck_assert_uint_eq(chip->xtal.clkdiv_reg, 0);
	} else {
		ck_assert_uint_eq(num(u, "clkdiv_reg"), chip->xtal.clkdiv_reg);
		ck_assert_uint_eq(num(u, "clkdiv_mask"), chip->xtal.clkdiv_mask);
	}
}
END_TEST

START_TEST(flash_frequencies)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *freqs = get(get(facts_of(chip), "flash"), "freqs"), *item;
	int count = 0;

	cJSON_ArrayForEach(item, freqs)
	{
		char text[8];
		uint32_t mhz;
		uint8_t code;

		ef_strlcpy(text, sizeof(text), item->string);
		ck_assert_uint_gt(strlen(text), 1);
		text[strlen(text) - 1] = '\0'; /* "80m" */
		ck_assert(ef_parse_u32(text, 1000, &mhz));
		ck_assert(ef_chip_freq_code(chip, (uint16_t)mhz, &code));
		/* esptool gives the C6's 80 MHz the code of 40; espflash 0xf */
		if (!(chip->image_id == 13 && mhz == 80))
			ck_assert_uint_eq(code, number(item));
		ck_assert(ef_chip_freq_code_esptool(chip, (uint16_t)mhz, &code));
		ck_assert_uint_eq(code, number(item));
	}
	while (chip->image.freqs[count].mhz)
		count++;
	ck_assert_int_eq(count, cJSON_GetArraySize(freqs));
}
END_TEST

static uint32_t kind_at(const struct ef_chip *chip, uint32_t addr)
{
	const struct ef_mem *mem = ef_chip_mem(chip, addr);

	return mem ? 1u << mem->kind : 0;
}

/* Starts and last words of esptool's memory map lie in regions of the right kind. */
START_TEST(memory)
{
	static const struct {
		const char *name;
		uint32_t kinds;
	} kinds[] = {
		{ "DRAM", 1u << EF_MEM_DRAM },
		{ "IRAM", 1u << EF_MEM_IRAM | 1u << EF_MEM_DRAM },
		{ "CACHE_PRO", 1u << EF_MEM_IRAM },
		{ "RTC_DATA", 1u << EF_MEM_RTC },
		{ "RTC_DRAM", 1u << EF_MEM_RTC },
		{ "RTC_IRAM", 1u << EF_MEM_RTC },
		{ "IROM_MASK", 1u << EF_MEM_ROM },
		{ "DROM_MASK", 1u << EF_MEM_ROM },
		{ "MEM_INTERNAL2", 1u << EF_MEM_OTHER },
	};
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *m = get(facts_of(chip), "memory"), *item;

	for (unsigned w = 0; w < 2; w++) {
		const cJSON *window = get(m, w ? "drom" : "irom");

		ck_assert(ef_chip_is_flash_addr(chip, number(cJSON_GetArrayItem(window, 0))));
		ck_assert(ef_chip_is_flash_addr(chip, number(cJSON_GetArrayItem(window, 1)) - 4));
	}
	cJSON_ArrayForEach(item, get(m, "ranges")) for (unsigned k = 0; k < EF_ARRAY_LEN(kinds);
							k++)
	{
		if (strcmp(get(item, "name")->valuestring, kinds[k].name) != 0)
			continue;
		ck_assert_msg(kind_at(chip, num(item, "start")) & kinds[k].kinds, "%s: start of %s",
			      chip->name, kinds[k].name);
		ck_assert_msg(kind_at(chip, num(item, "end") - 4) & kinds[k].kinds, "%s: end of %s",
			      chip->name, kinds[k].name);
	}
}
END_TEST

static bool has_edge(const cJSON *ranges, const char *edge, uint32_t addr)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, ranges) if (num(item, edge) == addr) return true;
	return false;
}

/* What ESP-IDF's soc.h has and esptool hasn't: SOC_SPM_LOW and HIGH, and up to SOC_DRAM_HIGH. */
static bool is_of_soc_h(const struct ef_chip *chip, const struct ef_mem *m)
{
	return strcmp(chip->name, "esp32p4") == 0 &&
	       ((m->start == 0x30100000 && m->end == 0x30102000) ||
		(m->start == 0x4ffa0000 && m->end == 0x4ffc0000));
}

/* Regions other than the flash windows begin and end where a range of esptool's map does. */
START_TEST(memory_edges)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *ranges = get(get(facts_of(chip), "memory"), "ranges");

	for (const struct ef_mem *m = chip->mem; m->end; m++) {
		if (m->kind == EF_MEM_IROM || m->kind == EF_MEM_DROM || is_of_soc_h(chip, m))
			continue;
		ck_assert_msg(has_edge(ranges, "start", m->start), "%s: start of %s", chip->name,
			      m->name);
		ck_assert_msg(has_edge(ranges, "end", m->end), "%s: end of %s", chip->name,
			      m->name);
	}
}
END_TEST

START_TEST(mmu_pages)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *pages = get(get(facts_of(chip), "memory"), "mmu_page_sizes_configurable");
	unsigned n = 0;

	if (!cJSON_IsArray(pages)) {
		ck_assert_uint_eq(chip->image.mmu_page_log2[0], 16);
		ck_assert_uint_eq(chip->image.mmu_page_log2[1], 0);
		return;
	}
	/* the S31's pages above 64 KiB are left out on purpose: see its file */
	for (; n < sizeof(chip->image.mmu_page_log2) && chip->image.mmu_page_log2[n]; n++)
		ck_assert_uint_eq(1u << chip->image.mmu_page_log2[n],
				  number(cJSON_GetArrayItem(pages, (int)n)));
	if (chip->image_id != 32)
		ck_assert_int_eq((int)n, cJSON_GetArraySize(pages));
}
END_TEST

/* Each bit of the fact is the same bit of the field, however they are grouped. */
static void check_field(const struct ef_chip *chip, const char *name, const struct ef_efuse *ours)
{
	const cJSON *o = get(get(get(facts_of(chip), "efuse"), "fields"), name), *bits;
	unsigned theirs = 0, have = 0;

	if (!o)
		return;
	cJSON_ArrayForEach(bits, get(o, "bits"))
	{
		for (uint32_t b = 0; b < num(bits, "width"); b++, theirs++) {
			uint32_t lsb = num(bits, "value_lsb") + b;
			bool found = false;

			for (unsigned i = 0; i < EF_EFUSE_PARTS; i++) {
				const struct ef_efuse_part *p = &ours->part[i];

				if (!p->width || lsb < p->lsb || lsb >= (uint32_t)p->lsb + p->width)
					continue;
				ck_assert_uint_eq(p->reg, num(bits, "reg"));
				ck_assert_uint_eq(p->shift + lsb - p->lsb, num(bits, "shift") + b);
				found = true;
			}
			ck_assert_msg(found, "%s: %s bit %u", chip->name, name, lsb);
		}
	}
	for (unsigned i = 0; i < EF_EFUSE_PARTS; i++)
		have += ours->part[i].width;
	ck_assert_uint_eq(have, theirs);
	ck_assert_uint_gt(theirs, 0);
}

START_TEST(efuses)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *bytes = get(get(get(facts_of(chip), "efuse"), "mac"), "bytes"), *item;

	ck_assert_ptr_nonnull(get(get(get(facts_of(chip), "efuse"), "fields"), "pkg_version"));
	check_field(chip, "pkg_version", &chip->efuse.package);
	check_field(chip, "rev_minor", &chip->efuse.rev_minor);
	check_field(chip, "rev_major", &chip->efuse.rev_major);
	check_field(chip, "rev_minor_raw", &chip->efuse.rev_minor);
	check_field(chip, "rev_major_raw", &chip->efuse.rev_major);
	check_field(chip, "flash_cap", &chip->efuse.flash_cap);
	check_field(chip, "psram_cap", &chip->efuse.psram_cap);
	check_field(chip, "flash_vendor", &chip->efuse.flash_vendor);
	check_field(chip, "psram_vendor", &chip->efuse.psram_vendor);
	check_field(chip, "blk_version_major", &chip->efuse.blk_major);
	check_field(chip, "blk_version_minor", &chip->efuse.blk_minor);
	check_field(chip, "block2_version", &chip->efuse.blk_minor);
	ck_assert_int_eq(cJSON_GetArraySize(bytes), 6);
	cJSON_ArrayForEach(item, bytes)
	{
		unsigned i = num(item, "i");
		const struct ef_efuse *half = i < 2 ? &chip->efuse.mac_high : &chip->efuse.mac_low;

		ck_assert_uint_eq(half->part[0].reg, num(item, "reg"));
		ck_assert_uint_eq(num(item, "shift"), 8 * (i < 2 ? 1 - i : 5 - i));
	}
}
END_TEST

/* The n-th step of a sequence: [kind, address, value]. */
static uint32_t step(const cJSON *steps, int n, int item)
{
	return number(cJSON_GetArrayItem(cJSON_GetArrayItem(steps, n), item));
}

START_TEST(watchdogs)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *w = get(facts_of(chip), "watchdog"), *reset = get(w, "watchdog_reset");
	const cJSON *off = get(w, "disable_watchdogs");
	const struct ef_wdt *wdt = &chip->wdt;

	ck_assert_int_eq(cJSON_IsArray(reset), wdt->can_reset);
	if (wdt->can_reset) {
		ck_assert_uint_eq(step(reset, 0, 1), wdt->wprotect);
		ck_assert_uint_eq(step(reset, 0, 2), wdt->key);
		ck_assert_uint_eq(step(reset, 1, 1), wdt->config1);
		ck_assert_uint_eq(step(reset, 2, 1), wdt->config0);
	}
	if (strcmp(chip->name, "esp32s31") == 0) {
		/* esptool 5.5.0 has them; the facts are of 5.3.1. ESP-IDF: rtc_wdt_reg.h */
		ck_assert(wdt->disable_on_usb);
		ck_assert_uint_eq(wdt->swd_conf, 0x2080101c);
		ck_assert_uint_eq(wdt->swd_wprotect, 0x20801020);
		ck_assert_uint_eq(wdt->swd_auto_feed, 1u << 18);
		ck_assert_uint_eq(wdt->swd_key, 0x50d83aa1);
		return;
	}
	ck_assert_int_eq(cJSON_IsTrue(get(w, "runs_on_connect")), wdt->disable_on_usb);
	if (wdt->disable_on_usb) {
		ck_assert_uint_eq(step(off, 0, 1), wdt->wprotect);
		ck_assert_uint_eq(step(off, 0, 2), wdt->key);
		ck_assert_uint_eq(step(off, 1, 1), wdt->config0);
		ck_assert_uint_eq(step(off, 3, 1), wdt->swd_wprotect);
		ck_assert_uint_eq(step(off, 3, 2), wdt->swd_key);
		ck_assert_uint_eq(step(off, 5, 1), wdt->swd_conf);
		ck_assert_uint_eq(step(off, 5, 2), wdt->swd_auto_feed);
	}
}
END_TEST

/* The first revision with the second register: "rev>2" or "rev>=101". */
static uint32_t first_revision(const char *when)
{
	const char *digits = when + strcspn(when, "0123456789");
	uint32_t value;

	ck_assert(ef_parse_u32(digits, UINT16_MAX, &value));
	return digits[-1] == '=' ? value : value + 1;
}

START_TEST(usb_and_straps)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *f = facts_of(chip), *usb = get(f, "usb"), *strap = get(f, "strap");
	const cJSON *buf = get(usb, "rom_uart_buf_no"), *otg = get(usb, "otg_vid_pid");

	ck_assert_int_eq(cJSON_IsTrue(get(usb, "has_usb_otg_rom")), chip->rom.otg_pid != 0);
	if (cJSON_IsString(otg)) {
		char pid[16];
		uint32_t value;

		ck_assert(ef_snprintf(pid, sizeof(pid), "0x%s", otg->valuestring + 5));
		ck_assert(ef_parse_u32(pid, UINT16_MAX, &value));
		ck_assert_uint_eq(value, chip->rom.otg_pid);
	}
	if (cJSON_IsObject(buf)) {
		const cJSON *regs = get(buf, "regs"), *second = cJSON_GetArrayItem(regs, 1);

		ck_assert_uint_eq(num(cJSON_GetArrayItem(regs, 0), "reg"), chip->rom.console_reg);
		ck_assert_uint_eq(second ? num(second, "reg") : 0, chip->rom.console_new_reg);
		if (second)
			ck_assert_uint_eq(first_revision(get(second, "when")->valuestring),
					  chip->rom.console_new_rev);
		ck_assert_uint_eq(num(buf, "otg_value"), chip->rom.console_otg);
		if (get(buf, "jtag_value"))
			ck_assert_uint_eq(num(buf, "jtag_value"), chip->rom.console_jtag);
	}
	/* esptool looks at straps on the S2 and S3 only; P4 resets without */
	if (chip->strap.boot_mask) {
		ck_assert_uint_eq(num(strap, "gpio_strap_reg"), chip->strap.reg);
		ck_assert_uint_eq(num(strap, "gpio_strap_spi_boot_mask"), chip->strap.boot_mask);
		ck_assert_uint_eq(num(strap, "rtc_cntl_option1_reg"),
				  chip->strap.force_download_reg);
		ck_assert_uint_eq(num(strap, "rtc_cntl_force_download_boot_mask"),
				  chip->strap.force_download_mask);
	}
}
END_TEST

START_TEST(stub_files)
{
	const struct ef_chip *chip = ef_chips[_i];
	const cJSON *item;
	unsigned found = 0, want = 1u + (chip->stub.name_old != NULL);
	char name[32], old[32];

	ck_assert(ef_snprintf(name, sizeof(name), "%s.json", chip->stub.name));
	ck_assert(ef_snprintf(old, sizeof(old), "%s.json",
			      chip->stub.name_old ? chip->stub.name_old : "-"));
	cJSON_ArrayForEach(item, get(get(facts_of(chip), "stubs"), "v2"))
	{
		const char *file = get(item, "file")->valuestring;

		ck_assert(!strcmp(file, name) || !strcmp(file, old));
		found++;
	}
	ck_assert_uint_eq(found, want);
}
END_TEST

START_TEST(skipped)
{
	printf("chip_facts: skipped, no %s\n", FACTS);
}
END_TEST

Suite *suite_chip_facts(void);

Suite *suite_chip_facts(void)
{
	Suite *s = suite_create("chip_facts");
	TCase *tc = tcase_create("facts");

	suite_add_tcase(s, tc);
	if (!ef_file_exists(FACTS)) {
		tcase_add_test(tc, skipped);
		return s;
	}
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, identity, 0, CHIPS);
	tcase_add_loop_test(tc, protocol, 0, CHIPS);
	tcase_add_loop_test(tc, spi_and_uart, 0, CHIPS);
	tcase_add_loop_test(tc, flash_frequencies, 0, CHIPS);
	tcase_add_loop_test(tc, memory, 0, CHIPS);
	tcase_add_loop_test(tc, memory_edges, 0, CHIPS);
	tcase_add_loop_test(tc, mmu_pages, 0, CHIPS);
	tcase_add_loop_test(tc, efuses, 0, CHIPS);
	tcase_add_loop_test(tc, watchdogs, 0, CHIPS);
	tcase_add_loop_test(tc, usb_and_straps, 0, CHIPS);
	tcase_add_loop_test(tc, stub_files, 0, CHIPS);
	return s;
}
