/* SPDX-License-Identifier: MIT */
/*
 * Whole messages and whole results of the image layer where one number off would still look
 * right: choices in hints, doubts, the places of a merged file, the regions of a firmware.
 */
#include <espflash/boot.h>
#include <espflash/content.h>
#include <espflash/hint.h>

#include "boot_maker.h"
#include "image/image_priv.h"
#include "image_rig.h"

static struct ef_err err;

/* ---- what is refused, and what may be chosen instead ---- */

static const struct {
	const char *chip;
	uint32_t page;
	uint16_t freq_mhz;
	uint32_t size;
	const char *says;
	enum ef_hint_id hint;
	const char *choices;
} refused[] = {
	{ "esp32c6", 0x1000, 0, 0, "ESP32-C6 has no MMU page size of 0x1000",
	  EF_HINT_MMU_PAGE_CHOICES, "0x2000, 0x4000, 0x8000, 0x10000" },
	{ "esp32c6", 0x20000, 0, 0, "ESP32-C6 has no MMU page size of 0x20000",
	  EF_HINT_MMU_PAGE_CHOICES, "0x2000, 0x4000, 0x8000, 0x10000" },
	{ "esp32c3", 0x8000, 0, 0, "ESP32-C3 has no MMU page size of 0x8000",
	  EF_HINT_MMU_PAGE_CHOICES, "0x10000" },
	{ "esp32c3", 0, 48, 0, "ESP32-C3 has no flash frequency of 48 MHz", EF_HINT_FLASH_FREQUENCY,
	  "80, 40, 26, 20" },
	{ "esp32c6", 0, 26, 0, "ESP32-C6 has no flash frequency of 26 MHz", EF_HINT_FLASH_FREQUENCY,
	  "80, 40, 20" },
	{ "esp32c6", 0, 0, 512 * EF_KIB,
	  "a flash size of 512KB can't be written in an image header", EF_HINT_FLASH_SIZE_CODE,
	  "" },
};

START_TEST(choices_are_listed)
{
	const struct make_section s = { ".rodata", 1, 2, 0x42000020, 64, NULL };
	const struct make_section c3 = { ".rodata", 1, 2, 0x3c000020, 64, NULL };
	bool is_c3 = strcmp(refused[_i].chip, "esp32c3") == 0;
	struct made m = make_elf(EF_EM_RISCV, is_c3 ? &c3 : &s, 1);
	struct ef_image_opts opts = opts_for(refused[_i].chip);
	struct made image = { NULL, 0 };
	struct ef_elf elf;

	opts.mmu_page_size = refused[_i].page;
	opts.flash.freq_mhz = refused[_i].freq_mhz;
	opts.flash.size = refused[_i].size;
	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_assert(!ef_image_build(&elf, &opts, &image.data, &image.len, &err));
	ck_assert_int_eq(err.code, EF_E_USAGE);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_int_eq(err.hint.id, refused[_i].hint);
	ck_assert_str_eq(err.hint.text, refused[_i].choices);
	ef_err_clear(&err);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* A descriptor has the logarithm of its page. */
START_TEST(page_of_a_descriptor)
{
	static const struct {
		uint8_t log2;
		const char *says;
	} cases[] = {
		{ 16, NULL },
		{ 13, NULL },
		{ 12, "ESP32-C6 has no MMU page size of 0x1000" },
		{ 17, "ESP32-C6 has no MMU page size of 0x20000" },
		{ 31, "ESP32-C6 has no MMU page size of 0x80000000" },
		{ 32, "the app descriptor asks for an MMU page of 2^32 bytes" },
		{ 255, "the app descriptor asks for an MMU page of 2^255 bytes" },
	};
	struct ef_image_opts opts = opts_for("esp32c6");

	for (size_t i = 0; i < EF_ARRAY_LEN(cases); i++) {
		uint8_t desc[256] = { 0x32, 0x54, 0xcd, 0xab };
		struct make_section s = { ".flash.appdesc", 1, 2, 0x42000020, 256, desc };
		struct made m;

		desc[180] = cases[i].log2;
		m = make_elf(EF_EM_RISCV, &s, 1);
		if (cases[i].says)
			build_fails(&m, &opts, EF_E_INPUT, cases[i].says);
		else
			free(build(&m, &opts).data);
		free(m.data);
	}
}
END_TEST

/* ---- which sections are loaded ---- */

/* gABI: type 1 is PROGBITS, 14 INIT_ARRAY, 7 NOTE, 8 NOBITS; flag 1 is WRITE, 2 ALLOC. */
static const struct {
	uint32_t type, flags, addr, size;
	bool has_data, is_loaded;
} sections[] = {
	{ 1, 2, 16, 4, true, true },   { 1, 1, 16, 4, true, true },   { 14, 1, 16, 4, true, true },
	{ 7, 2, 16, 4, true, true },   { 7, 1, 16, 4, true, false },  { 7, 4, 16, 4, true, false },
	{ 15, 3, 16, 4, true, true },  { 15, 1, 16, 4, true, false }, { 13, 1, 16, 4, true, false },
	{ 2, 1, 16, 4, true, false },  { 1, 0, 16, 4, true, false },  { 1, 2, 0, 4, true, false },
	{ 1, 2, 1, 4, true, true },    { 1, 2, 16, 0, true, false },  { 1, 2, 16, 1, true, true },
	{ 1, 2, 16, 4, false, false },
};

START_TEST(sections_that_are_loaded)
{
	static const uint8_t data[4];
	const struct ef_elf_section s = { "s",
					  sections[_i].type,
					  sections[_i].flags,
					  sections[_i].addr,
					  sections[_i].size,
					  sections[_i].has_data ? data : NULL };

	ck_assert_int_eq(ef_section_is_loadable(&s), sections[_i].is_loaded);
}
END_TEST

/* A table of symbols at the start of the file, where the header is, has no content. */
START_TEST(symbols_at_offset_zero)
{
	const struct make_section s[] = { { ".symtab", 2, 0, 0, 64, NULL },
					  { ".strtab", 3, 0, 0, 16, NULL } };
	struct made m = make_elf(EF_EM_RISCV, s, 2);
	struct ef_elf elf;

	ef_put_le32(made_shdr(&m, 1) + SH_LINK, 2);
	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_assert_uint_eq(elf.symbol_count, 4);
	ef_elf_release(&elf);
	ef_put_le32(made_shdr(&m, 1) + SH_OFFSET, 0);
	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_assert_uint_eq(elf.symbol_count, 0);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* System V gABI, figure 4-18: type is the low half of st_info; SHN_UNDEF is 0. */
START_TEST(fields_of_a_symbol)
{
	static const uint8_t entry[16] = { 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x1f, 0, 1, 0 };
	struct ef_elf_section two[3] = { { .name = "" }, { .name = "a" }, { .name = "b" } };
	struct ef_elf elf = { .sections = two, .section_count = 2, .symbols = NULL };
	uint8_t symbol[32] = { 0 };
	struct ef_elf_symbol got;

	memcpy(symbol + 16, entry, sizeof(entry));
	elf.symbols = symbol;
	elf.symbol_names = "x\0yz";
	elf.symbol_names_len = 2;
	got = ef_elf_symbol(&elf, 1);
	ck_assert_str_eq(got.name, "");
	ck_assert_uint_eq(got.value, 2);
	ck_assert_uint_eq(got.size, 3);
	ck_assert_uint_eq(got.type, 15);
	ck_assert_ptr_eq(got.section, &two[1]);
	symbol[16] = 0;
	ck_assert_str_eq(ef_elf_symbol(&elf, 1).name, "x");
	symbol[16] = 2; /* behind the names */
	ck_assert_str_eq(ef_elf_symbol(&elf, 1).name, "");
	symbol[30] = 2; /* behind the sections */
	ck_assert_ptr_null(ef_elf_symbol(&elf, 1).section);
	symbol[30] = 0;
	ck_assert_ptr_null(ef_elf_symbol(&elf, 1).section);
}
END_TEST

/* ---- the space before a flash-mapped segment ---- */

/*
 * A segment's data and its address are equal modulo the page. The space before it has a
 * header of 8 bytes itself, so up to 8 bytes take a page more. The file's header has 24 bytes.
 */
static const struct {
	uint32_t addr, filler; /* 0: there is none */
} spaces[] = {
	{ 0x42000020, 0 }, { 0x42000024, 0xfffc }, { 0x42000028, 0x10000 }, { 0x4200002c, 4 },
	{ 0x42000030, 8 }, { 0x4200001c, 0xfff4 }, { 0x42000000, 0xffd8 },
};

START_TEST(space_before_a_segment)
{
	struct ef_piece piece = { .addr = spaces[_i].addr, .len = 0x100 };
	const struct ef_pieces flash = { .piece = &piece, .count = 1 }, none = { 0 };
	bool has_filler = spaces[_i].filler != 0;
	uint32_t at = 24 + (has_filler ? 8 + spaces[_i].filler : 0);
	struct ef_plan plan;

	ck_ok(ef_plan_make(&flash, &none, 0x10000, &plan, &err), &err);
	ck_assert_uint_eq(plan.count, has_filler ? 2 : 1);
	if (has_filler) {
		ck_assert_uint_eq(plan.segment[0].len, spaces[_i].filler);
		ck_assert_uint_eq(plan.segment[0].addr, 0);
		ck_assert_uint_eq(plan.segment[0].file_off, 24);
	}
	ck_assert_uint_eq(plan.segment[plan.count - 1].file_off, at);
	ck_assert_uint_eq(plan.segment[plan.count - 1].len, 0x100);
	ck_assert_uint_eq((at + 8) % 0x10000, spaces[_i].addr % 0x10000);
	ck_assert_uint_eq(plan.len, at + 8 + 0x100);
}
END_TEST

/* Less than 36 bytes on the last page are filled up to that many. */
START_TEST(bytes_on_the_last_page)
{
	struct ef_piece piece = { .addr = 0x42000020 };
	const struct ef_pieces flash = { .piece = &piece, .count = 1 }, none = { 0 };
	struct ef_plan plan;

	for (uint32_t over = 0; over <= 44; over += 4) {
		piece.len = 0x10000 - 0x20 + over;
		ck_ok(ef_plan_make(&flash, &none, 0x10000, &plan, &err), &err);
		ck_assert_uint_eq(plan.segment[0].len, 0x10000 - 0x20 + (over < 36 ? 36 : over));
		ck_assert_uint_eq(plan.segment[0].data_len, piece.len);
	}
}
END_TEST

/* ---- doubts, word by word ---- */

static char said[4096];

static void note(void *user, const char *text)
{
	size_t len = strlen(said);

	(void)user;
	(void)snprintf(said + len, sizeof(said) - len, "%s\n", text);
}

#define NOT_LOADED                                                                                 \
	"section '.x' (0x0fffffff, 4 bytes) is below 0x10000000: ESP-IDF's bootloader does not "   \
	"load it\n"
#define NO_RAM(chip, addr, what)                                                                   \
	"section '.x' (" addr ", 4 bytes) is not in RAM: " chip " has " what                       \
	" there, and ESP-IDF's bootloader refuses the image (\"bad load address range\")\n"

static const struct {
	const char *chip;
	uint32_t entry;
	struct make_section s[4];
	const char *said;
} doubts[] = {
	{ "esp32c6",
	  0x42000020,
	  { { ".a", 1, 6, 0x42000020, 64, NULL },
	    { ".b", 1, 6, 0x42010020, 64, NULL },
	    { ".c", 1, 6, 0x42020020, 64, NULL },
	    { ".d", 1, 6, 0x42030020, 64, NULL } },
	  "the program has 4 pieces that are mapped from flash (the third at 0x42020020, '.c'): "
	  "ESP-IDF's bootloader maps two and stops at the third\n" },
	{ "esp32c6",
	  0x42010020,
	  { { ".a", 1, 6, 0x42000020, 64, NULL }, { ".b", 1, 6, 0x42010020, 64, NULL } },
	  "" },
	{ "esp32c3",
	  0x42010020,
	  { { ".a", 1, 2, 0x3c000020, 64, NULL },
	    { ".b", 1, 2, 0x3c010020, 64, NULL },
	    { ".c", 1, 6, 0x42010020, 64, NULL } },
	  "the program has two pieces of DROM, at 0x3c000020 and at 0x3c010020 ('.b'): ESP-IDF's "
	  "bootloader maps only the last one\n" },
	{ "esp32c3", 0x0fffffff, { { ".x", 1, 2, 0x0fffffff, 4, NULL } }, NOT_LOADED },
	{ "esp32c3",
	  0x10000000,
	  { { ".x", 1, 2, 0x10000000, 4, NULL } },
	  NO_RAM("ESP32-C3", "0x10000000", "no memory that is known") },
	{ "esp32c3",
	  0x3ff00000,
	  { { ".x", 1, 2, 0x3ff00000, 4, NULL } },
	  NO_RAM("ESP32-C3", "0x3ff00000", "DROM_MASK") },
	{ "esp32c3", 0x3fcdfffc, { { ".x", 1, 2, 0x3fcdfffc, 4, NULL } }, "" },
	{ "esp32c3",
	  0x3fcdfffd,
	  { { ".x", 1, 2, 0x3fcdfffd, 4, NULL } },
	  NO_RAM("ESP32-C3", "0x3fcdfffd", "DRAM") },
	{ "esp32c3",
	  0x3fc90004,
	  { { ".x", 1, 2, 0x3fc90000, 4, NULL } },
	  "the entry point 0x3fc90004 is in no section that is loaded: the chip would jump to "
	  "nowhere\n" },
	{ "esp32c3",
	  0x3fc8ffff,
	  { { ".x", 1, 2, 0x3fc90000, 4, NULL } },
	  "the entry point 0x3fc8ffff is in no section that is loaded: the chip would jump to "
	  "nowhere\n" },
	{ "esp32c3", 0x3fc90003, { { ".x", 1, 2, 0x3fc90000, 4, NULL } }, "" },
};

START_TEST(doubts_in_full)
{
	const struct ef_chip *chip = ef_chip_by_name(doubts[_i].chip);
	struct ef_elf elf;
	size_t count = 0;
	struct made m;

	while (count < 4 && doubts[_i].s[count].name)
		count++;
	m = make_elf(EF_EM_RISCV, doubts[_i].s, count);
	ef_put_le32(m.data + E_ENTRY, doubts[_i].entry);
	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	said[0] = '\0';
	ef_image_doubts(&elf, chip, note, NULL);
	ck_assert_str_eq(said, doubts[_i].said);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* ---- a file that begins at the boot address ---- */

static uint8_t file[0x9000];
static struct ef_file_layout layout;
static struct ef_partition_table table;

static void put_table(size_t off)
{
	static const char csv[] = "nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,0x10000,1M\n";

	ck_ok(ef_partition_parse((const uint8_t *)csv, sizeof(csv) - 1, NULL, &table, &err), &err);
	ck_ok(ef_partition_to_binary(&table, file + off, &err), &err);
}

/* MicroPython's files: the bootloader first, the table where it is less the boot address. */
static const struct {
	const char *chip;
	size_t table_at, len;
	bool is_damaged;
	enum ef_file_kind kind;
	uint32_t base;
} shifted[] = {
	{ "esp32", 0x7000, 0x9000, false, EF_FILE_MERGED, 0x1000 },
	{ "esp32p4", 0x6000, 0x9000, false, EF_FILE_MERGED, 0x2000 },
	{ "esp32", 0x6000, 0x9000, false, EF_FILE_IMAGE, 0 },
	{ "esp32", 0x8000, 0x9000, false, EF_FILE_IMAGE, 0 },
	{ "esp32", 0x7000, 0x7000, false, EF_FILE_IMAGE, 0 },
	{ "esp32", 0x7000, 0x9000, true, EF_FILE_IMAGE, 0 },
	{ "esp32c3", 0x8000, 0x9000, false, EF_FILE_MERGED, 0 },
	{ "esp32c3", 0x7000, 0x9000, false, EF_FILE_MERGED, 0 },
};

START_TEST(file_from_the_boot_address)
{
	const struct make_boot m = { .chip = shifted[_i].chip, .version = "v5.4" };
	uint32_t boot = ef_chip_by_name(m.chip)->image.boot_addr;
	uint8_t image[MADE_BOOT_MAX];
	size_t len = make_boot(&m, image);
	bool is_merged = shifted[_i].kind == EF_FILE_MERGED;

	memset(file, 0xff, sizeof(file));
	if (shifted[_i].is_damaged)
		image[1] = 17;
	memcpy(file, image, len);
	put_table(shifted[_i].table_at);
	ef_file_survey(file, shifted[_i].len, &layout);
	ck_assert_int_eq(layout.kind, shifted[_i].kind);
	ck_assert_uint_eq(layout.base, shifted[_i].base);
	ck_assert_int_eq(layout.has_table, is_merged);
	ck_assert_int_eq(layout.is_table_valid, is_merged);
	if (!is_merged)
		return;
	ck_assert(layout.has_bootloader);
	ck_assert_uint_eq(layout.bootloader_off, boot);
	ck_assert_uint_eq(layout.table_off, shifted[_i].table_at + shifted[_i].base);
	ck_assert_uint_eq(layout.table.count, 2);
	ck_assert_int_eq(layout.table_err.code, EF_OK);
}
END_TEST

/* A bootloader of exactly one sector, and the table directly behind it. */
START_TEST(table_behind_the_bootloader)
{
	uint8_t sum = 0xef;

	memset(file, 0xff, sizeof(file));
	memset(file, 0, 0x1000);
	memcpy(file, "\xe9\1\2\x20", 4);
	file[12] = 5; /* ESP32-C3 */
	file[23] = 1;
	(void)made_segment(file, 24, 0x3fc90000, 4016);
	file[0x1000 - 33] = sum;
	ef_sha256(file, 0x1000 - 32, file + 0x1000 - 32);
	put_table(0x1000);
	ef_file_survey(file, sizeof(file), &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_MERGED);
	ck_assert(layout.is_table_valid);
	ck_assert_uint_eq(layout.table_off, 0x1000);
}
END_TEST

/* Eight bytes make an ESP8266's header of the second kind, seven don't; nothing is nothing. */
START_TEST(short_headers)
{
	static const uint8_t v2[] = { 0xea, 4, 2, 0x10, 0x10, 0, 0x10, 0x40 };

	ef_file_survey(v2, 8, &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_ESP8266);
	ef_file_survey(v2, 7, &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_UNKNOWN);
	ef_file_survey(v2, 0, &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_UNKNOWN);
}
END_TEST

/* ---- regions of a firmware ---- */

START_TEST(regions_in_full)
{
	static const uint8_t boot[16], app[32];
	struct ef_firmware_parts parts = { .chip = ef_chip_by_name("esp32"),
					   .flash_size = 4 * EF_MIB,
					   .bootloader = boot,
					   .bootloader_len = sizeof(boot),
					   .table = &table,
					   .table_offset = 0x8000,
					   .app = app,
					   .app_len = sizeof(app) };
	static struct ef_firmware fw;

	put_table(0);
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	ck_assert_uint_eq(fw.count, 3);
	ck_assert_str_eq(fw.region[0].label, "bootloader");
	ck_assert_ptr_eq(fw.region[0].data, boot);
	ck_assert_uint_eq(fw.region[0].len, 16);
	ck_assert_str_eq(fw.region[1].label, "partition table");
	ck_assert_ptr_eq(fw.region[1].data, fw.table_bin);
	ck_assert_str_eq(fw.region[2].label, "app");
	ck_assert_ptr_eq(fw.region[2].data, app);
	/* "factory" comes first if the table is behind it: regions are in order */
	table.part[0].offset = 0x1000;
	parts.bootloader = NULL;
	parts.bootloader_len = 0;
	parts.table_offset = 0x110000;
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	ck_assert_uint_eq(fw.count, 2);
	ck_assert_str_eq(fw.region[0].label, "app");
	ck_assert_str_eq(fw.region[1].label, "partition table");
	ck_assert_uint_eq(fw.region[1].len, 0xc00);
}
END_TEST

Suite *suite_image_limits(void);
Suite *suite_image_limits(void)
{
	Suite *s = suite_create("image_limits");
	TCase *t = tcase_create("image_limits");

	tcase_add_loop_test(t, choices_are_listed, 0, (int)EF_ARRAY_LEN(refused));
	tcase_add_test(t, page_of_a_descriptor);
	tcase_add_loop_test(t, sections_that_are_loaded, 0, (int)EF_ARRAY_LEN(sections));
	tcase_add_test(t, symbols_at_offset_zero);
	tcase_add_test(t, fields_of_a_symbol);
	tcase_add_loop_test(t, space_before_a_segment, 0, (int)EF_ARRAY_LEN(spaces));
	tcase_add_test(t, bytes_on_the_last_page);
	tcase_add_test(t, table_behind_the_bootloader);
	tcase_add_test(t, short_headers);
	tcase_add_loop_test(t, doubts_in_full, 0, (int)EF_ARRAY_LEN(doubts));
	tcase_add_loop_test(t, file_from_the_boot_address, 0, (int)EF_ARRAY_LEN(shifted));
	tcase_add_test(t, regions_in_full);
	suite_add_tcase(s, t);
	return s;
}
