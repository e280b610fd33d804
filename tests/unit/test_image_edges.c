/* SPDX-License-Identifier: MIT */
/* Edges of the image layer that no whole image reaches. */
#include <espflash/boot.h>
#include <espflash/image.h>
#include <espflash/output.h>

#include "base/util.h"
#include "ck_ef.h"
#include "image/image_priv.h"
#include "image/partition_priv.h"

/* espflash 4.5, flash/mod.rs, FlashSize: its names, and ESP-IDF's codes (esp_image_format.h) */
START_TEST(names_and_codes_of_flash_sizes)
{
	static const struct {
		uint32_t kib;
		const char *name;
		int code; /* -1: none */
	} sizes[] = {
		{ 256, "256KB", -1 },   { 512, "512KB", -1 },   { 1024, "1MB", 0 },
		{ 2048, "2MB", 1 },     { 4096, "4MB", 2 },     { 8192, "8MB", 3 },
		{ 16384, "16MB", 4 },   { 32768, "32MB", 5 },   { 65536, "64MB", 6 },
		{ 131072, "128MB", 7 }, { 262144, "256MB", 8 },
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t size = sizes[i].kib * 1024u;
		uint8_t code = 0xaa;

		ck_assert_str_eq(ef_flash_size_name(size), sizes[i].name);
		ck_assert_int_eq(ef_flash_size_code(size, &code), sizes[i].code >= 0);
		if (sizes[i].code < 0)
			continue;
		ck_assert_uint_eq(code, (unsigned)sizes[i].code);
		ck_assert_uint_eq(ef_flash_size_bytes(code), size);
	}
	ck_assert_str_eq(ef_flash_size_name(3u << 20), "?");
	ck_assert_uint_eq(ef_flash_size_bytes(9), 0);
	ck_assert_uint_eq(ef_flash_size_bytes(0xff), 0);
}
END_TEST

/* ---- text in two and four bytes a character ---- */

#define WIDE(bytes) bytes, sizeof(bytes) - 1

/* Unicode 15, D91 (UTF-16) and D90 (UTF-32): which units are characters. Big-endian, with mark. */
static const struct {
	const char *bytes;
	size_t len;
	const char *text; /* as UTF-8; NULL: refused */
} wide[] = {
	{ WIDE("\xfe\xff\xd7\xff"), "\xed\x9f\xbf" },
	{ WIDE("\xfe\xff\xe0\x00"), "\xee\x80\x80" },
	{ WIDE("\xfe\xff\xd8\x00\xdc\x00"), "\xf0\x90\x80\x80" },
	{ WIDE("\xfe\xff\xdb\xff\xdf\xff"), "\xf4\x8f\xbf\xbf" },
	{ WIDE("\xfe\xff\xd8\x00"), NULL },
	{ WIDE("\xfe\xff\xd8\x00\xdb\xff"), NULL },
	{ WIDE("\xfe\xff\xd8\x00\xe0\x00"), NULL },
	{ WIDE("\xfe\xff\xdc\x00"), NULL },
	{ WIDE("\xfe\xff\xdf\xff"), NULL },
	{ WIDE("\xfe\xff\x41"), NULL },                           /* half a unit */
	{ WIDE("\xff\xfe\x00\xd8\x00\xdc"), "\xf0\x90\x80\x80" }, /* the other order */
	{ WIDE("\x00\x00\xfe\xff\x00\x00\xd7\xff"), "\xed\x9f\xbf" },
	{ WIDE("\x00\x00\xfe\xff\x00\x00\xe0\x00"), "\xee\x80\x80" },
	{ WIDE("\x00\x00\xfe\xff\x00\x10\xff\xff"), "\xf4\x8f\xbf\xbf" },
	{ WIDE("\x00\x00\xfe\xff\x00\x11\x00\x00"), NULL },
	{ WIDE("\x00\x00\xfe\xff\x00\x00\xd8\x00"), NULL },
	{ WIDE("\x00\x00\xfe\xff\x00\x00\xdf\xff"), NULL },
};

START_TEST(characters_of_two_and_four_bytes)
{
	struct ef_buf out = EF_BUF_INIT(64);
	struct ef_err err = EF_ERR_INIT;
	bool ok = part_text_decode((const uint8_t *)wide[_i].bytes, wide[_i].len, &out, &err);

	ck_assert_int_eq(ok, wide[_i].text != NULL);
	if (ok) {
		ck_assert_uint_eq(out.len, strlen(wide[_i].text));
		ck_assert_mem_eq(out.data, wide[_i].text, out.len);
	}
	ef_buf_release(&out);
}
END_TEST

/* ---- sections ---- */

static const uint8_t zeros[64];

/* PROGBITS with SHF_ALLOC */
static struct ef_elf_section section(uint32_t addr, uint32_t size)
{
	return (struct ef_elf_section){ "s", 1, 2, addr, size, zeros };
}

static bool collect(const struct ef_elf_section *sections, size_t count, struct ef_pieces *ret,
		    struct ef_err *err)
{
	struct ef_elf_section copy[4];
	const struct ef_elf elf = { .sections = copy, .section_count = count };

	memcpy(copy, sections, count * sizeof(*copy));
	return ef_pieces_collect(&elf, ef_chip_by_name("esp32c3"), false, ret, err);
}

START_TEST(section_at_the_end_of_memory)
{
	const struct ef_elf_section fits = section(0xfffffff0, 16),
				    passes = section(0xfffffff0, 17);
	struct ef_pieces pieces = { 0 };
	struct ef_err err = EF_ERR_INIT;

	ck_ok(collect(&fits, 1, &pieces, &err), &err);
	ck_assert_uint_eq(pieces.piece[0].len, 16);
	ef_pieces_release(&pieces);
	ck_fails(collect(&passes, 1, &pieces, &err), &err, EF_E_INPUT, "passes the end of memory");
}
END_TEST

/* 256 MiB are the most that a flash chip holds; nothing is read of the data here. */
START_TEST(sections_of_the_largest_size)
{
	const struct ef_elf_section fits = section(0x3fc80000, 256u << 20);
	const struct ef_elf_section passes = section(0x3fc80000, (256u << 20) + 1);
	struct ef_pieces pieces = { 0 };
	struct ef_err err = EF_ERR_INIT;

	ck_ok(collect(&fits, 1, &pieces, &err), &err);
	ef_pieces_release(&pieces);
	ck_fails(collect(&passes, 1, &pieces, &err), &err, EF_E_INPUT, "any flash chip holds");
}
END_TEST

/* Who gives an ELF where an image is wanted is told so, and nobody else is. */
START_TEST(first_byte_of_no_image)
{
	static const uint8_t first[] = { 0x7e, 0x7f, 0x80, 0xe8, 0xff };
	uint8_t data[64] = { 0 };
	struct ef_image_info info;
	struct ef_err err = EF_ERR_INIT;
	char says[64];

	for (size_t i = 0; i < sizeof(first); i++) {
		data[0] = first[i];
		(void)snprintf(says, sizeof(says), "it begins with 0x%02x", first[i]);
		ck_assert(!ef_image_parse(data, sizeof(data), &info, &err));
		ck_assert_int_eq(err.hint.id,
				 first[i] == 0x7f ? EF_HINT_ELF_NOT_IMAGE : EF_HINT_NONE);
		ck_fails(false, &err, EF_E_INPUT, says);
	}
}
END_TEST

#define MIB (1u << 20)

static bool plan(struct ef_piece *piece, size_t count, uint32_t len, struct ef_plan *ret,
		 struct ef_err *err)
{
	const struct ef_pieces none = { 0 }, ram = { .piece = piece, .count = count };

	for (size_t i = 0; i < count; i++)
		piece[i] = (struct ef_piece){ .addr = 0x40000000 + (uint32_t)i * 16 * MIB,
					      .len = len };
	return ef_plan_make(&none, &ram, 0x10000, ret, err);
}

/*
 * A bootloader loads 16 segments, each of less than 16 MiB (ESP-IDF, esp_image_format.h and
 * .c: ESP_IMAGE_MAX_SEGMENTS, SIXTEEN_MB), and no flash has more than 256 MiB. The image header
 * has 24 bytes, a segment's header 8.
 */
START_TEST(segments_of_the_largest_size)
{
	struct ef_piece piece[17];
	struct ef_plan made;
	struct ef_err err = EF_ERR_INIT;

	ck_ok(plan(piece, 1, 16 * MIB - 4, &made, &err), &err);
	ck_assert_uint_eq(made.len, 24 + 8 + 16 * MIB - 4);
	ck_fails(plan(piece, 1, 16 * MIB, &made, &err), &err, EF_E_INPUT,
		 "16777216 bytes in one piece at 0x40000000");
	ck_ok(plan(piece, 16, 4, &made, &err), &err);
	ck_assert_uint_eq(made.count, 16);
	ck_fails(plan(piece, 17, 4, &made, &err), &err, EF_E_INPUT, "more than 16 segments");
	ck_ok(plan(piece, 16, 16 * MIB - 12, &made, &err), &err);
	ck_assert_uint_eq(made.len, 24 + 16 * (16 * MIB - 4));
	ck_fails(plan(piece, 16, 16 * MIB - 8, &made, &err), &err, EF_E_INPUT,
		 "larger than any flash chip (256 MiB)");
}
END_TEST

/* A section joins the one before it if it starts where that ends, up to the next word. */
START_TEST(sections_that_join)
{
	static const struct {
		uint32_t size, next;
		unsigned count; /* 0: they overlap */
		uint32_t len;   /* of the first piece */
	} pairs[] = {
		{ 8, 8, 1, 12 }, { 5, 8, 1, 12 }, { 5, 5, 1, 12 }, { 8, 9, 2, 8 },
		{ 5, 9, 2, 8 },  { 8, 7, 0, 0 },  { 8, 12, 2, 8 }, { 1, 4, 1, 8 },
	};
	const struct ef_elf_section two[] = { section(0x3fc80000 + pairs[_i].next, 4),
					      section(0x3fc80000, pairs[_i].size) };
	struct ef_pieces pieces = { 0 };
	struct ef_err err = EF_ERR_INIT;

	if (!pairs[_i].count) {
		ck_fails(collect(two, 2, &pieces, &err), &err, EF_E_INPUT, "overlap");
		return;
	}
	ck_ok(collect(two, 2, &pieces, &err), &err);
	ck_assert_uint_eq(pieces.count, pairs[_i].count);
	ck_assert_uint_eq(pieces.piece[0].addr, 0x3fc80000);
	ck_assert_uint_eq(pieces.piece[0].len, pairs[_i].len);
	ef_pieces_release(&pieces);
}
END_TEST

/* ---- instructions that load a crystal's number ---- */

static struct ef_boot boot_with(const char *chip, const uint8_t *code, uint32_t len)
{
	struct ef_boot b = { .chip = ef_chip_by_name(chip), .data = code, .len = len };

	b.info.segment_count = 1;
	b.info.segment[0].len = len;
	return b;
}

static void tells(const char *chip, const uint8_t *a, const uint8_t *b, uint32_t len,
		  uint8_t want_a, uint8_t want_b)
{
	struct ef_boot boots[] = { boot_with(chip, a, len), boot_with(chip, b, len) };

	ef_boot_tell_crystals(boots, 2);
	ck_assert_uint_eq(boots[0].xtal_mhz, want_a);
	ck_assert_uint_eq(boots[1].xtal_mhz, want_b);
}

/* They count at the very end of a segment: movi a8, 26 and 40; li a0, 26 and 40 (addi). */
START_TEST(instruction_at_the_end_of_a_segment)
{
	static const uint8_t movi_26[] = { 0x82, 0xa0, 0x1a }, movi_40[] = { 0x82, 0xa0, 0x28 };
	static const uint8_t addi_26[] = { 0x13, 0x05, 0xa0, 0x01 };
	static const uint8_t addi_40[] = { 0x13, 0x05, 0x80, 0x02 };

	tells("esp32", movi_26, movi_40, 3, 26, 40);
	tells("esp32", movi_40, movi_26, 3, 40, 26);
	tells("esp32", movi_26, movi_40, 2, 0, 0);
	tells("esp32c2", addi_26, addi_40, 4, 26, 40);
	tells("esp32c2", addi_40, addi_26, 4, 40, 26);
	tells("esp32c2", addi_26, addi_40, 3, 0, 0);
}
END_TEST

/* ---- the app's partition ---- */

/* The hint lists the apps of the table, if it has any. */
START_TEST(hint_names_the_apps)
{
	struct ef_partition_table table = { .count = 2 };
	const struct ef_firmware_parts parts = { .chip = ef_chip_by_name("esp32c3"),
						 .table = &table,
						 .target_label = "nobody" };
	struct ef_firmware fw = { 0 };
	struct ef_err err = EF_ERR_INIT;

	memcpy(table.part[0].name, "nvs", 4);
	table.part[0].type = EF_PART_DATA;
	memcpy(table.part[1].name, "factory", 8);
	table.part[1].type = EF_PART_APP;
	ck_assert(!ef_firmware_layout(&parts, &fw, &err));
	ck_assert_int_eq(err.hint.id, EF_HINT_APP_PARTITIONS);
	ck_assert_ptr_nonnull(strstr(err.hint.text, "factory"));
	ck_assert_ptr_null(strstr(err.hint.text, "nvs"));
	ef_err_clear(&err);
	table.count = 1;
	ck_assert(!ef_firmware_layout(&parts, &fw, &err));
	ck_assert_int_eq(err.hint.id, EF_HINT_NO_APP_PARTITION);
}
END_TEST

/* The table's sector must be in flash, too. */
START_TEST(table_at_the_end_of_flash)
{
	static const uint8_t app[4];
	struct ef_partition_table table = { .count = 1 };
	struct ef_firmware_parts parts = { .chip = ef_chip_by_name("esp32c3"),
					   .table = &table,
					   .table_offset = 0x1f000,
					   .app = app,
					   .app_len = sizeof(app) };
	struct ef_firmware fw = { 0 };
	struct ef_err err = EF_ERR_INIT;

	memcpy(table.part[0].name, "factory", 8);
	table.part[0].type = EF_PART_APP;
	table.part[0].offset = 0x10000;
	table.part[0].size = 0xf000;
	parts.flash_size = 0x20000;
	ck_ok(ef_firmware_layout(&parts, &fw, &err), &err);
	parts.flash_size = 0x1ffff;
	ck_assert(!ef_firmware_layout(&parts, &fw, &err));
	ck_assert_ptr_nonnull(strstr(err.msg, "partition table (0x0001f000, 4096 bytes) ends at"));
	ck_assert_int_eq(err.hint.id, EF_HINT_FLASH_TOO_SMALL);
}
END_TEST

Suite *suite_image_edges(void);
Suite *suite_image_edges(void)
{
	Suite *s = suite_create("image_edges");
	TCase *t = tcase_create("image_edges");

	tcase_add_test(t, names_and_codes_of_flash_sizes);
	tcase_add_loop_test(t, characters_of_two_and_four_bytes, 0, EF_ARRAY_LEN(wide));
	tcase_add_test(t, section_at_the_end_of_memory);
	tcase_add_test(t, sections_of_the_largest_size);
	tcase_add_test(t, segments_of_the_largest_size);
	tcase_add_test(t, first_byte_of_no_image);
	tcase_add_loop_test(t, sections_that_join, 0, 8);
	tcase_add_test(t, table_at_the_end_of_flash);
	tcase_add_test(t, hint_names_the_apps);
	tcase_add_test(t, instruction_at_the_end_of_a_segment);
	suite_add_tcase(s, t);
	return s;
}
