/* SPDX-License-Identifier: MIT */
/* Bootloaders: judged, found among other bytes, told apart by crystal, built from an ELF. */
#include <stdlib.h>

#include "boot_maker.h"
#include "base/util.h"
#include "elf_maker.h"
#include <espflash/boot.h>

static uint8_t image[MADE_BOOT_MAX];

/* ---- judging ---- */

START_TEST(every_chip)
{
	for (size_t i = 0; ef_chips[i]; i++) {
		const struct make_boot m = {
			.chip = ef_chips[i]->name, .min_rev = 3, .max_rev = 199, .version = "v5.4.1"
		};
		size_t len = make_boot(&m, image);
		struct ef_err err = EF_ERR_INIT;
		struct ef_boot b;

		ck_ok(ef_boot_judge(image, len, &b, &err), &err);
		ck_assert_ptr_eq(b.chip, ef_chips[i]);
		ck_assert(b.is_certain && !b.burns_efuses);
		ck_assert_uint_eq(b.len, len);
		ck_assert_uint_eq(b.min_rev, 3);
		ck_assert_uint_eq(b.max_rev, 199);
		ck_assert_str_eq(b.idf_version, "v5.4.1");
		ck_assert_str_eq(b.date, "Jan  1 2026 00:00:00");
	}
}
END_TEST

/* Without a descriptor the version is a string, and the greeting makes it certain. */
START_TEST(old_bootloader)
{
	struct make_boot m = { .chip = "esp32", .text = "v4.4.3-dirty" };
	struct ef_err err = EF_ERR_INIT;
	struct ef_boot b;

	ck_ok(ef_boot_judge(image, make_boot(&m, image), &b, &err), &err);
	ck_assert(!b.is_certain);
	ck_assert_str_eq(b.idf_version, "v4.4.3-dirty");
	ck_assert_str_eq(b.date, "");
	ck_assert_uint_eq(b.max_rev, EF_BOOT_ANY_REV);
	m.text = "ESP-IDF %s 2nd stage bootloader";
	ck_ok(ef_boot_judge(image, make_boot(&m, image), &b, &err), &err);
	ck_assert(b.is_certain);
}
END_TEST

/* The old byte is a major revision, but a minor one on the C3. */
START_TEST(legacy_revision)
{
	struct make_boot m = { .chip = "esp32" };
	struct ef_err err = EF_ERR_INIT;
	struct ef_boot b;
	size_t len = make_boot(&m, image);

	image[14] = 3;
	ck_ok(ef_boot_judge(image, len, &b, &err), &err);
	ck_assert_uint_eq(b.min_rev, 300);
	m.chip = "esp32c3";
	len = make_boot(&m, image);
	image[14] = 3;
	ck_ok(ef_boot_judge(image, len, &b, &err), &err);
	ck_assert_uint_eq(b.min_rev, 3);
}
END_TEST

START_TEST(security)
{
	struct make_boot m = { .chip = "esp32c3", .version = "v5.4", .text = "flash_encrypt" };
	struct ef_err err = EF_ERR_INIT;
	struct ef_boot b;

	ck_ok(ef_boot_judge(image, make_boot(&m, image), &b, &err), &err);
	ck_assert(b.burns_efuses);
	m.text = "secure_boot_v2";
	ck_ok(ef_boot_judge(image, make_boot(&m, image), &b, &err), &err);
	ck_assert(b.burns_efuses);
}
END_TEST

/* Change one field of a good image; without a digest the checksum is all there is. */
static void refused(size_t at, uint8_t value, const char *text)
{
	const struct make_boot m = { .chip = "esp32c3", .version = "v5.4", .has_no_digest = true };
	size_t len = make_boot(&m, image);
	struct ef_err err = EF_ERR_INIT;
	struct ef_boot b;

	image[at] = value;
	ck_fails(ef_boot_judge(image, len, &b, &err), &err, EF_E_INPUT, text);
}

START_TEST(no_bootloader)
{
	refused(0, 0x7f, "not an image");
	refused(12, 0xee, "unknown chip");
	refused(100, 1, "checksum");
	refused(6, 0x11, "entry point"); /* bits 16 to 23 of the entry */
	refused(24 + 3, 0x60, "not RAM");
	refused(24 + 4, 0xfd, "509 bytes");
}
END_TEST

START_TEST(app)
{
	const struct make_boot m = { .chip = "esp32c3" };
	size_t len = make_boot(&m, image);
	struct ef_err err = EF_ERR_INIT;
	struct ef_boot b;

	ef_put_le32(image + 32, 0xabcd5432);
	image[len - 33] ^= 0xab ^ 0xcd ^ 0x54 ^ 0x32;
	ck_fails(ef_boot_judge(image, len, &b, &err), &err, EF_E_INPUT, "it is an app");
}
END_TEST

START_TEST(families)
{
	ck_assert(ef_boot_has_families(ef_chip_by_name("esp32p4")));
	ck_assert(!ef_boot_has_families(ef_chip_by_name("esp32c3")));
}
END_TEST

/* ---- scanning ---- */

struct seen {
	struct ef_boot boot[8];
	size_t count, stop_at;
};

static bool collect(void *user, const struct ef_boot *boot)
{
	struct seen *s = user;

	ck_assert_uint_lt(s->count, EF_ARRAY_LEN(s->boot));
	s->boot[s->count++] = *boot;
	return s->count != s->stop_at;
}

/* A haystack of 0xe9, which begins an image at every byte, with bootloaders at odd places. */
START_TEST(scan)
{
	static uint8_t hay[64 * 1024];
	const struct make_boot c3 = { .chip = "esp32c3", .version = "v5.4" };
	const struct make_boot s3 = { .chip = "esp32s3", .version = "v5.4" };
	const struct make_boot plain = { .chip = "esp32c6" };
	const struct make_boot no_digest = { .chip = "esp32c6",
					     .version = "v5.4",
					     .has_no_digest = true };
	struct seen s = { .count = 0 };
	size_t len = make_boot(&c3, image);

	memset(hay, 0xe9, sizeof(hay));
	memcpy(hay + 1001, image, len);
	memcpy(hay + 1001 + len, image, make_boot(&s3, image));
	len = make_boot(&plain, image);
	memcpy(hay + 20000, image, len);
	len = make_boot(&no_digest, image);
	memcpy(hay + 30000, image, len);
	len = make_boot(&s3, image);
	image[200] ^= 1;
	memcpy(hay + 40000, image, len);
	image[200] ^= 1;
	/* cut off by the end */
	memcpy(hay + sizeof(hay) - len + 1, image, len - 1);
	ef_boot_scan(hay, sizeof(hay), collect, &s);
	ck_assert_uint_eq(s.count, 2);
	ck_assert_uint_eq(s.boot[0].off, 1001);
	ck_assert_ptr_eq(s.boot[0].data, hay + 1001);
	ck_assert_str_eq(s.boot[0].chip->name, "esp32c3");
	ck_assert_str_eq(s.boot[1].chip->name, "esp32s3");
	s = (struct seen){ .stop_at = 1 };
	ef_boot_scan(hay, sizeof(hay), collect, &s);
	ck_assert_uint_eq(s.count, 1);
	ef_boot_scan(hay, 0, collect, &s);
	ck_assert_uint_eq(s.count, 1);
}
END_TEST

/* What lies behind the data is not read, even if it is the rest of a bootloader. */
START_TEST(scan_ends_with_the_data)
{
	const struct make_boot c3 = { .chip = "esp32c3", .version = "v5.4" };
	struct seen s = { .count = 0 };
	size_t len = make_boot(&c3, image);

	for (size_t cut = 1; cut < len; cut++)
		ef_boot_scan(image, len - cut, collect, &s);
	ck_assert_uint_eq(s.count, 0);
	ef_boot_scan(image, len, collect, &s);
	ck_assert_uint_eq(s.count, 1);
}
END_TEST

/* ---- crystals ---- */

/* The two instructions of each set, as assembled: movi a8, 40; movi a8, 26; movi.n likewise. */
static const uint8_t xtensa_40[] = { 0x82, 0xa0, 0x28 }, xtensa_26[] = { 0x82, 0xa0, 0x1a };
static const uint8_t narrow_40[] = { 0x2c, 0x88, 0 }, narrow_26[] = { 0x1c, 0xa8, 0 };
/* li a0, 40 (addi); li a0, 26 (c.li) and c.nop */
static const uint8_t riscv_40[] = { 0x13, 0x05, 0x80, 0x02 };
static const uint8_t riscv_26[] = { 0x69, 0x45, 0x01, 0x00 };

/* mhz: crystals of the chip, if they are not those of the table. */
static void tell_of(const char *chip, const uint8_t *mhz, const uint8_t *a, const uint8_t *b,
		    size_t len, uint8_t want_a, uint8_t want_b)
{
	const struct make_boot ma = { .chip = chip, .version = "v5.4", .code = a, .code_len = len };
	const struct make_boot mb = { .chip = chip, .version = "v5.4", .code = b, .code_len = len };
	uint8_t other[MADE_BOOT_MAX];
	struct ef_err err = EF_ERR_INIT;
	struct ef_boot boots[2];
	struct ef_chip changed;

	ck_ok(ef_boot_judge(image, make_boot(&ma, image), &boots[0], &err), &err);
	ck_ok(ef_boot_judge(other, make_boot(&mb, other), &boots[1], &err), &err);
	ck_assert_uint_eq(boots[0].xtal_mhz, 0);
	changed = *boots[0].chip;
	if (mhz) {
		memcpy(changed.xtal.mhz, mhz, 2);
		boots[0].chip = boots[1].chip = &changed;
	}
	ef_boot_tell_crystals(boots, 2);
	ck_assert_uint_eq(boots[0].xtal_mhz, want_a);
	ck_assert_uint_eq(boots[1].xtal_mhz, want_b);
	/* one alone tells nothing */
	boots[0].xtal_mhz = 0;
	ef_boot_tell_crystals(boots, 1);
	ck_assert_uint_eq(boots[0].xtal_mhz, 0);
}

static void tell(const char *chip, const uint8_t *a, const uint8_t *b, size_t len, uint8_t want_a,
		 uint8_t want_b)
{
	tell_of(chip, NULL, a, b, len, want_a, want_b);
}

START_TEST(crystals)
{
	tell("esp32", xtensa_40, xtensa_26, 3, 40, 26);
	tell("esp32", xtensa_26, xtensa_40, 3, 26, 40);
	tell("esp32", narrow_26, narrow_40, 3, 26, 40);
	tell("esp32c2", riscv_26, riscv_40, 4, 26, 40);
	tell("esp32c2", riscv_40, riscv_26, 4, 40, 26);
	tell("esp32", xtensa_40, xtensa_40, 3, 0, 0);
	tell("esp32c3", riscv_40, riscv_26, 4, 0, 0);
}
END_TEST

/* movi.n with every bit of its constant, as LLVM assembles it (test/MC/Xtensa/movi.s). */
START_TEST(crystals_that_no_chip_has)
{
	static const uint8_t narrow_85[] = { 0x5c, 0x52, 0, 0 }, narrow_3[] = { 0x0c, 0x32, 0, 0 };
	static const uint8_t narrow_64_80[] = { 0x4c, 0x02, 0x5c, 0x02 }; /* two instructions */
	static const uint8_t high[2] = { 64, 85 }, low[2] = { 3, 64 };

	tell_of("esp32", high, narrow_64_80, narrow_85, 4, 64, 85);
	tell_of("esp32", low, narrow_64_80, narrow_3, 4, 64, 3);
}
END_TEST

/* The content of the section at this address, which is not all zeros. */
static const uint8_t *section_data(const struct ef_elf *elf, uint32_t addr)
{
	for (size_t i = 0; i < elf->section_count; i++)
		if (elf->sections[i].addr == addr && elf->sections[i].data)
			return elf->sections[i].data;
	ck_abort_msg("no section at 0x%x", addr);
	return NULL;
}

/* ---- building ---- */

/* Order and merging: a bootloader of ESP-IDF 5.3, with its addresses and shorter sections. */
START_TEST(build)
{
	static const struct make_section s[] = {
		{ ".iram_loader.text", 1, 6, 0x40078000, 0x2b, NULL },
		{ ".iram.text", 1, 6, 0x40080400, 3, NULL },
		{ ".dram0.bss", 8, 3, 0x3fff0000, 0x30, NULL },
		{ ".dram0.bootdesc", 1, 2, 0x3fff0030, 0x50, NULL },
		{ ".dram0.data", 1, 3, 0x3fff0080, 4, NULL },
		{ ".dram0.rodata", 1, 2, 0x3fff0084, 0x14, NULL },
		{ ".iram.text", 1, 6, 0x40080404, 0x3f, NULL },
		{ ".xt.prop", 1, 0, 0, 0x10, NULL },
	};
	static const uint32_t want[][2] = {
		{ 0x3fff0030, 0x68 }, { 0x40078000, 0x2c }, { 0x40080400, 4 }, { 0x40080404, 0x40 }
	};
	const struct ef_boot_build opts = { .chip = ef_chip_by_name("esp32"),
					    .flash = { .mode = EF_MODE_DIO, .size = 2 << 20 },
					    .max_rev = 399 };
	struct made m = make_elf(EF_EM_XTENSA, s, EF_ARRAY_LEN(s));
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;
	struct ef_boot b;
	uint8_t *data;
	size_t len;

	ef_put_le32(m.data + E_ENTRY, 0x40080410);
	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_ok(ef_boot_build(&elf, &opts, &data, &len, &err), &err);
	ck_ok(ef_boot_judge(data, len, &b, &err), &err);
	ck_assert_uint_eq(b.len, len);
	ck_assert(b.info.is_digest_valid && b.info.has_digest);
	ck_assert_uint_eq(b.info.segment_count, EF_ARRAY_LEN(want));
	for (size_t i = 0; i < EF_ARRAY_LEN(want); i++) {
		ck_assert_uint_eq(b.info.segment[i].addr, want[i][0]);
		ck_assert_uint_eq(b.info.segment[i].len, want[i][1]);
	}
	/* each section's bytes are at its address, and zeros fill up words */
	for (size_t i = 0, at = 24; i < EF_ARRAY_LEN(want); at += 8 + want[i++][1]) {
		uint8_t ram[0x80] = { 0 };

		for (size_t k = 0; k < EF_ARRAY_LEN(s); k++)
			if (s[k].type == 1 && s[k].addr >= want[i][0] &&
			    s[k].addr < want[i][0] + want[i][1])
				memcpy(ram + (s[k].addr - want[i][0]),
				       section_data(&elf, s[k].addr), s[k].size);
		ck_assert_mem_eq(data + at + 8, ram, want[i][1]);
	}
	ck_assert_uint_eq(data[2], EF_MODE_DIO);
	ck_assert_uint_eq(data[3], 0x10);
	ck_assert_uint_eq(b.max_rev, 399);
	free(data);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* A bootloader built from these sections has segments at these addresses, in this order. */
static void check_segments(const struct make_section *s, size_t count, const uint32_t *want,
			   size_t want_count)
{
	const struct ef_boot_build opts = { .chip = ef_chip_by_name("esp32") };
	struct made m = make_elf(EF_EM_XTENSA, s, count);
	struct ef_image_info info;
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;
	uint8_t *data;
	size_t len;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_ok(ef_boot_build(&elf, &opts, &data, &len, &err), &err);
	ck_ok(ef_image_parse(data, len, &info, &err), &err);
	ck_assert_uint_eq(info.segment_count, want_count);
	for (size_t i = 0; i < want_count; i++)
		ck_assert_uint_eq(info.segment[i].addr, want[i]);
	free(data);
	ef_elf_release(&elf);
	free(m.data);
}

/* The descriptor comes first, wherever the linker put it: the app looks for it there. */
START_TEST(build_puts_descriptor_first)
{
	static const struct make_section s[] = {
		{ ".iram.text", 1, 6, 0x40080400, 0x10, NULL },
		{ ".dram0.data", 1, 3, 0x3fff0000, 0x10, NULL },
		{ ".dram0.bootdesc", 1, 2, 0x3fff4000, 0x50, NULL },
		{ ".iram_loader.text", 1, 6, 0x40078000, 0x10, NULL },
	};
	static const uint32_t want[] = { 0x3fff4000, 0x3fff0000, 0x40078000, 0x40080400 };

	check_segments(s, EF_ARRAY_LEN(s), want, EF_ARRAY_LEN(want));
}
END_TEST

/* All kinds of sections with content are loaded (ELF: PROGBITS 1, INIT 14, FINI 15, PREINIT 16). */
START_TEST(build_takes_arrays)
{
	static const struct make_section s[] = {
		{ ".init_array", 14, 3, 0x3fff0000, 8, NULL },
		{ ".fini_array", 15, 3, 0x3fff0100, 8, NULL },
		{ ".preinit_array", 16, 3, 0x3fff0200, 8, NULL },
		{ ".note", 7, 2, 0x3fff0300, 8, NULL },
		{ ".iram.text", 1, 6, 0x40080400, 0x10, NULL },
	};
	static const uint32_t want[] = { 0x3fff0000, 0x3fff0100, 0x3fff0200, 0x40080400 };

	check_segments(s, EF_ARRAY_LEN(s), want, EF_ARRAY_LEN(want));
}
END_TEST

START_TEST(build_refuses)
{
	static const struct make_section flash[] = { { ".text", 1, 6, 0x400d0000, 16, NULL } };
	static const struct make_section none[] = { { ".bss", 8, 3, 0x3fff0000, 16, NULL } };
	const struct ef_boot_build opts = { .chip = ef_chip_by_name("esp32") };
	struct made m = make_elf(EF_EM_XTENSA, none, 1);
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;
	struct ef_boot b;
	uint8_t *data;
	size_t len;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_fails(ef_boot_build(&elf, &opts, &data, &len, &err), &err, EF_E_INPUT, "nothing");
	ef_elf_release(&elf);
	free(m.data);
	m = make_elf(EF_EM_XTENSA, flash, 1);
	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_ok(ef_boot_build(&elf, &opts, &data, &len, &err), &err);
	ck_fails(ef_boot_judge(data, len, &b, &err), &err, EF_E_INPUT, "app");
	free(data);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* ---- configuration ---- */

START_TEST(sdkconfig)
{
	static const char text[] = "# CONFIG_SECURE_BOOT is not set\r\n"
				   "CONFIG_IDF_TARGET=\"esp32c2\"\r\n"
				   "CONFIG_XTAL_FREQ=26\n"
				   "CONFIG_ESP_EFUSE_BLOCK_REV_MAX_FULL=99\n"
				   "CONFIG_ESP_REV_MIN_FULL=100\n"
				   "CONFIG_ESP_REV_MAX_FULL=199\n"
				   "CONFIG_PARTITION_TABLE_OFFSET=0x8000";
	static const char secure[] = "CONFIG_SECURE_FLASH_ENC_ENABLED=y\n";
	struct ef_sdkconfig c;

	ef_sdkconfig_read((const uint8_t *)text, strlen(text), &c);
	ck_assert_str_eq(c.target, "esp32c2");
	ck_assert_uint_eq(c.xtal_mhz, 26);
	ck_assert(c.has_revs && !c.burns_efuses);
	ck_assert_uint_eq(c.min_rev, 100);
	ck_assert_uint_eq(c.max_rev, 199);
	ck_assert_uint_eq(c.table_offset, 0x8000);
	ef_sdkconfig_read((const uint8_t *)secure, strlen(secure), &c);
	ck_assert(c.burns_efuses && !c.has_revs);
	ck_assert_str_eq(c.target, "");
}
END_TEST

/* Two real ones, of ESP-IDF 5.2 and 4.3. */
START_TEST(corpus)
{
	static const struct {
		const char *file, *chip, *version;
		uint32_t len;
	} want[] = { { "idf-esp32.bin", "esp32", "v5.2-dev-254-g1950b15", 26768 },
		     { "idf-esp32c3.bin", "esp32c3", "v4.3-dev-334-g16e95d0-dirty", 17744 } };

	for (size_t i = 0; i < EF_ARRAY_LEN(want); i++) {
		struct ef_buf file = EF_BUF_INIT(EF_MIB);
		struct ef_err err = EF_ERR_INIT;
		struct ef_boot b;
		char path[256];

		ck_assert(ef_snprintf(path, sizeof(path), EF_CORPUS_DIR "/bootloader/%s",
				      want[i].file));
		if (!ef_file_read(path, &file, &err))
			return; /* the corpus is not here */
		ck_ok(ef_boot_judge(file.data, file.len, &b, &err), &err);
		ck_assert_str_eq(b.chip->name, want[i].chip);
		ck_assert_str_eq(b.idf_version, want[i].version);
		ck_assert_uint_eq(b.len, want[i].len);
		ck_assert(b.is_certain && !b.burns_efuses);
		ef_buf_release(&file);
	}
}
END_TEST

Suite *suite_boot(void);
Suite *suite_boot(void)
{
	Suite *s = suite_create("boot");
	TCase *t = tcase_create("boot");

	tcase_add_test(t, every_chip);
	tcase_add_test(t, old_bootloader);
	tcase_add_test(t, legacy_revision);
	tcase_add_test(t, security);
	tcase_add_test(t, no_bootloader);
	tcase_add_test(t, app);
	tcase_add_test(t, families);
	tcase_add_test(t, scan);
	tcase_add_test(t, scan_ends_with_the_data);
	tcase_add_test(t, crystals);
	tcase_add_test(t, crystals_that_no_chip_has);
	tcase_add_test(t, build);
	tcase_add_test(t, build_puts_descriptor_first);
	tcase_add_test(t, build_takes_arrays);
	tcase_add_test(t, build_refuses);
	tcase_add_test(t, sdkconfig);
	tcase_add_test(t, corpus);
	suite_add_tcase(s, t);
	return s;
}
