/* SPDX-License-Identifier: MIT */
/*
 * What the builder of app images refuses, where it takes header fields from, and images for RAM.
 */
#include <unistd.h>

#include "image_rig.h"

/* ---- refusals ---- */

static const struct {
	const char *chip, *says;
	struct make_section s[3];
} refused[] = {
	{ "esp32c3",
	  "'.a' (0x3c000020, 17 bytes) and '.b' (0x3c000030, 16 bytes) overlap",
	  { { ".a", 1, 2, 0x3c000020, 17, NULL }, { ".b", 1, 2, 0x3c000030, 16, NULL } } },
	{ "esp32c3",
	  "overlap",
	  { { ".a", 1, 3, 0x3fc80000, 16, NULL }, { ".b", 1, 3, 0x3fc80000, 16, NULL } } },
	{ "esp32c3",
	  "nothing to load",
	  { { ".debug_info", 1, 0, 0, 64, NULL }, { ".bss", 8, 3, 0x3fc80000, 16, NULL } } },
	{ "esp32c3",
	  "'.a' at 0x3c000021 is mapped from flash and not aligned",
	  { { ".a", 1, 2, 0x3c000021, 64, NULL } } },
	{ "esp32c3", "passes the end of memory", { { ".a", 1, 3, 0xfffffff0, 32, NULL } } },
	{ "esp32c3",
	  "holds no app descriptor: magic word 0x03020100",
	  { { ".flash.appdesc", 1, 2, 0x3c000020, 256, NULL } } },
	{ "esp32c3",
	  "'.flash.appdesc' (0x3fc80020, 256 bytes) is not in the flash-mapped memory",
	  { { ".flash.appdesc", 1, 2, 0x3fc80020, 256, NULL } } },
	{ "esp32c3",
	  "the app descriptor at 0x3c000020 is cut short",
	  { { ".flash.appdesc", 1, 2, 0x3c000020, 64, NULL } } },
};

START_TEST(refuses)
{
	struct ef_image_opts opts = opts_for(refused[_i].chip);
	size_t count = 0;
	struct made m;

	while (count < 3 && refused[_i].s[count].name)
		count++;
	m = make_elf(EF_EM_RISCV, refused[_i].s, count);
	build_fails(&m, &opts, EF_E_INPUT, refused[_i].says);
	free(m.data);
}
END_TEST

/* Seventeen pieces with gaps of 4 in RAM. */
START_TEST(refuses_too_many_segments)
{
	struct ef_image_opts opts = opts_for("esp32c6");
	struct make_section s[17];
	struct made m;

	for (uint32_t i = 0; i < 17; i++)
		s[i] = (struct make_section){ ".x", 1, 3, 0x40800000 + i * 8, 4, NULL };
	m = make_elf(EF_EM_RISCV, s, 16);
	free(build(&m, &opts).data);
	free(m.data);
	m = make_elf(EF_EM_RISCV, s, 17);
	build_fails(&m, &opts, EF_E_INPUT, "more than 16 segments");
	free(m.data);
}
END_TEST

START_TEST(checks_settings)
{
	struct ef_image_opts opts = opts_for("esp32c3");
	struct made m = load_golden("esp32c3.elf");

	opts.flash.freq_mhz = 48;
	build_fails(&m, &opts, EF_E_USAGE, "ESP32-C3 has no flash frequency of 48 MHz");
	opts.flash.freq_mhz = 0;
	opts.flash.size = 512 * EF_KIB;
	build_fails(&m, &opts, EF_E_USAGE, "flash size of 512KB");
	opts.flash.size = 0;
	opts.xtal_mhz = 26;
	build_fails(&m, &opts, EF_E_USAGE, "ESP32-C3 has no crystal of 26 MHz");
	opts.xtal_mhz = 40;
	opts.mmu_page_size = 0x8000;
	build_fails(&m, &opts, EF_E_USAGE, "ESP32-C3 has no MMU page size of 0x8000");
	opts.mmu_page_size = 0x10000;
	free(build(&m, &opts).data);
	free(m.data);
}
END_TEST

/*
 * A section of another name counts by its content: if it is mapped from flash, it comes first and
 * gets the ELF's digest. The same content in RAM is only data, and no descriptor by itself.
 */
START_TEST(finds_descriptor_by_content)
{
	struct make_section s[] = { { ".text", 1, 6, 0x42000020, 64, NULL },
				    { ".other", 1, 2, 0x42010020, 256, NULL } };
	struct ef_image_opts opts = opts_for("esp32c6");
	uint8_t desc[256] = { 0x32, 0x54, 0xcd, 0xab }, sha256[32];
	struct ef_image_info info;
	struct ef_err err = EF_ERR_INIT;
	struct made m, image;

	s[1].data = desc;
	for (int in_ram = 0; in_ram < 2; in_ram++) {
		s[1].addr = in_ram ? 0x40800000 : 0x42010020;
		opts.ignore_app_desc = in_ram;
		m = make_elf(EF_EM_RISCV, s, 2);
		ef_sha256(m.data, m.len, sha256);
		image = build(&m, &opts);
		ck_ok(ef_image_parse(image.data, image.len, &info, &err), &err);
		ck_assert_uint_eq(info.segment[0].addr, in_ram ? s[0].addr : s[1].addr);
		/* esp_app_desc_t: app_elf_sha256 is at 144 */
		ck_assert((memcmp(image.data + 32 + 144, sha256, 32) == 0) == !in_ram);
		free(image.data);
		free(m.data);
	}
}
END_TEST

/* The descriptor: off any page, or asking for a page that the chip lacks. */
START_TEST(checks_page_size)
{
	struct make_section s = { ".flash.appdesc", 1, 2, 0x42000420, 256, NULL };
	struct ef_image_opts opts = opts_for("esp32c6");
	uint8_t desc[256] = { 0x32, 0x54, 0xcd, 0xab };
	struct made m;

	s.data = desc;
	m = make_elf(EF_EM_RISCV, &s, 1);
	build_fails(&m, &opts, EF_E_INPUT, "at 0x42000420 does not follow the headers");
	/* fillers would precede it on such pages: a bootloader doesn't find it there */
	opts.mmu_page_size = 0x10000;
	build_fails(&m, &opts, EF_E_INPUT, "('.flash.appdesc', 0x42000420) would not be at the");
	opts.ignore_app_desc = true;
	free(build(&m, &opts).data);
	opts.ignore_app_desc = false;
	opts.mmu_page_size = 0;
	free(m.data);
	desc[180] = 12;
	m = make_elf(EF_EM_RISCV, &s, 1);
	build_fails(&m, &opts, EF_E_INPUT, "has no MMU page size of 0x1000");
	free(m.data);
	desc[180] = 33;
	m = make_elf(EF_EM_RISCV, &s, 1);
	build_fails(&m, &opts, EF_E_INPUT, "2^33");
	free(m.data);
}
END_TEST

/* ---- where header fields come from ---- */

START_TEST(inherits_from_bootloader)
{
	struct ef_image_info boot = { .mode = 1,
				      .drive = { 1, 2, 3 },
				      .min_rev_legacy = 7,
				      .max_rev = 0x0203,
				      .reserved = { 9, 8, 7, 6 } };
	struct ef_image_opts opts = opts_for("esp32c3");
	struct made m = load_golden("esp32c3.elf"), image;
	/* entry, wp pin, chip id, minimum revision and digest flag are the app's own */
	static const uint8_t want[] = { 0xe9, 5, 1, 0x20, 0, 0, 0x38, 0x40, 0xee, 1, 2, 3,
					5,    0, 7, 2,    0, 3, 2,    9,    8,    7, 6, 1 };

	opts.bootloader = &boot;
	opts.min_revision = 2;
	image = build(&m, &opts);
	ck_assert_mem_eq(image.data, want, sizeof(want));
	free(image.data);
	free(m.data);
}
END_TEST

START_TEST(needs_a_known_header)
{
	struct ef_image_opts opts = opts_for("esp32c3");
	struct made m = load_golden("esp32c3.elf");
	struct ef_chip other = *opts.chip;

	other.image_id = 0x7777;
	opts.chip = &other;
	build_fails(&m, &opts, EF_E_UNSUPP, "no image header is known for ESP32-C3");
	free(m.data);
}
END_TEST

/* Two families of bootloaders: the connected chip decides, else the minimum. */
START_TEST(chooses_header_by_revision)
{
	static const struct {
		uint16_t min, chip, max_rev;
	} cases[] = {
		{ 0, 0, 199 }, { 299, 0, 199 }, { 300, 0, 399 }, { 0, 301, 399 }, { 0, 1, 199 }
	};
	struct ef_image_opts opts = opts_for("esp32p4");
	struct made m = load_golden("esp32p4.elf"), image;

	opts.min_revision = cases[_i].min;
	opts.chip_revision = cases[_i].chip;
	image = build(&m, &opts);
	ck_assert_uint_eq(ef_le16(image.data + 17), cases[_i].max_rev);
	ck_assert_uint_eq(ef_le16(image.data + 15), cases[_i].min);
	free(image.data);
	free(m.data);
}
END_TEST

START_TEST(metadata_raises_minimum)
{
	struct ef_image_opts opts = opts_for("esp32c6");
	struct made m = load_golden("one-page.elf"), image = build(&m, &opts);

	ck_assert_uint_eq(ef_le16(image.data + 15), 2);
	free(image.data);
	opts.min_revision = 3;
	image = build(&m, &opts);
	ck_assert_uint_eq(ef_le16(image.data + 15), 3);
	free(image.data);
	free(m.data);
}
END_TEST

/* ---- RAM ---- */

START_TEST(makes_ram_segments)
{
	static const struct make_section s[] = {
		{ ".text", 1, 6, 0x40380000, 30, NULL },
		{ ".rodata", 1, 2, 0x40380020, 5, NULL },
		{ ".data", 1, 3, 0x3fc90000, 1, NULL },
	};
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct made m = make_elf(EF_EM_RISCV, s, EF_ARRAY_LEN(s));
	struct ef_err err = EF_ERR_INIT;
	struct ef_region *regions;
	struct ef_elf elf;
	uint8_t *block;
	size_t count;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_ok(ef_image_ram_segments(&elf, chip, &regions, &count, &block, &err), &err);
	ck_assert_uint_eq(count, 2);
	/* the block holds one after the other, and nothing else */
	ck_assert_ptr_eq(regions[0].data, block);
	ck_assert_ptr_eq(regions[1].data, block + 4);
	ck_assert_uint_eq(regions[0].addr, 0x3fc90000);
	ck_assert_uint_eq(regions[0].len, 4);
	ck_assert_mem_eq(regions[0].data, "\2\0\0\0", 4);
	ck_assert_uint_eq(regions[1].addr, 0x40380000);
	ck_assert_uint_eq(regions[1].len, 40);
	ck_assert_uint_eq(regions[1].data[29], 29);
	ck_assert_uint_eq(regions[1].data[30], 0);
	ck_assert_uint_eq(regions[1].data[36], 5);
	ck_assert_uint_eq(regions[1].data[37], 0);
	free(regions);
	free(block);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

START_TEST(refuses_flash_in_ram)
{
	struct made m = load_golden("esp32c3.elf");
	struct ef_err err = EF_ERR_INIT;
	struct ef_region *regions;
	struct ef_elf elf;
	uint8_t *block;
	size_t count;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_fails(ef_image_ram_segments(&elf, ef_chip_by_name("esp32c3"), &regions, &count, &block,
				       &err),
		 &err, EF_E_INPUT, "section '.flash.appdesc' at 0x3c000020 is mapped from flash");
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* The image of the same ELF in a file that is mapped, which is read in another way. */
static struct made build_mapped(const struct made *m, const struct ef_image_opts *opts)
{
	char name[] = "/tmp/espflash-elf-XXXXXX";
	struct ef_err err = EF_ERR_INIT;
	struct ef_map map = { 0 };
	struct made file, image;
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
	ck_ok(ef_file_write(name, m->data, m->len, &err), &err);
	ck_ok(ef_map_open(&map, name, m->len, &err), &err);
	ck_assert_int_eq(unlink(name), 0);
	file = (struct made){ (uint8_t *)(uintptr_t)map.data, map.len };
	image = build(&file, opts);
	ef_map_release(&map);
	return image;
}

/* A large piece of two sections that join within a word. */
START_TEST(copies_large_pieces)
{
	enum { FIRST = 700 * 1024 + 3, SECOND = 900 * 1024 };
	struct make_section sections[] = { { ".text", 1, 6, 0x42000020, FIRST, NULL },
					   { ".more", 1, 6, 0x42000020 + FIRST, SECOND, NULL } };
	struct ef_image_opts opts = opts_for("esp32c3");
	struct made m, image, mapped;
	uint8_t *data = malloc(FIRST + SECOND);

	ck_assert_ptr_nonnull(data);
	for (uint32_t i = 0, x = 1; i < FIRST + SECOND; i++, x = x * 1664525u + 1013904223u)
		data[i] = (uint8_t)(x >> 24);
	sections[0].data = data;
	sections[1].data = data + FIRST;
	m = make_elf(EF_EM_RISCV, sections, EF_ARRAY_LEN(sections));
	image = build(&m, &opts);
	mapped = build_mapped(&m, &opts);
	ck_assert_uint_gt(image.len, 32 + FIRST + SECOND);
	ck_assert_mem_eq(image.data + 32, data, FIRST + SECOND);
	ck_assert_uint_eq(mapped.len, image.len);
	ck_assert_mem_eq(mapped.data, image.data, image.len);
	free(mapped.data);
	free(image.data);
	free(m.data);
	free(data);
}
END_TEST

Suite *suite_image_rules(void);
Suite *suite_image_rules(void)
{
	Suite *s = suite_create("image_rules");
	TCase *t = tcase_create("image_rules");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, refuses, 0, (int)EF_ARRAY_LEN(refused));
	tcase_add_test(t, refuses_too_many_segments);
	tcase_add_test(t, checks_settings);
	tcase_add_test(t, finds_descriptor_by_content);
	tcase_add_test(t, checks_page_size);
	tcase_add_test(t, inherits_from_bootloader);
	tcase_add_test(t, needs_a_known_header);
	tcase_add_loop_test(t, chooses_header_by_revision, 0, 5);
	tcase_add_test(t, metadata_raises_minimum);
	tcase_add_test(t, copies_large_pieces);
	tcase_add_test(t, makes_ram_segments);
	tcase_add_test(t, refuses_flash_in_ram);
	suite_add_tcase(s, t);
	return s;
}
