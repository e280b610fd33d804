/* SPDX-License-Identifier: MIT */
/* The ELF reader: what it finds, and that a damaged file causes nothing worse than an error. */
#include <stdio.h>

#include <espflash/image.h>

#include "elf_maker.h"

static struct made simple(void)
{
	static const struct make_section sections[] = {
		{ ".flash.text", 1, 6, 0x42010020, 64, NULL },
		{ ".dram0.data", 1, 3, 0x3fc80000, 16, NULL },
		{ ".dram0.bss", 8, 3, 0x3fc80010, 256, NULL },
	};

	return make_elf(EF_EM_RISCV, sections, EF_ARRAY_LEN(sections));
}

START_TEST(reads_sections)
{
	struct made m = simple();
	struct ef_err err = EF_ERR_INIT;
	const struct ef_elf_section *s;
	struct ef_elf elf;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_assert_uint_eq(elf.machine, 0xf3);
	ck_assert_uint_eq(elf.entry, 0x42010020);
	ck_assert_uint_eq(elf.section_count, 5);
	s = ef_elf_section(&elf, ".dram0.data");
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(s->addr, 0x3fc80000);
	ck_assert_uint_eq(s->size, 16);
	ck_assert_uint_eq(s->data[3], 4);
	ck_assert_ptr_null(ef_elf_section(&elf, ".dram0.bss")->data);
	ck_assert_ptr_null(ef_elf_section(&elf, ".nothing"));
	ck_assert_ptr_null(ef_elf_section(&elf, ""));
	ck_assert_str_eq(elf.chip_name, "");
	ck_assert(!elf.has_app_desc_symbol);
	ef_elf_release(&elf);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* Counts beyond 16 bits are in the first section header (System V gABI, chapter 4). */
START_TEST(reads_extended_counts)
{
	struct made m = simple();
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;

	ef_put_le32(made_shdr(&m, 0) + SH_SIZE, 5);
	ef_put_le32(made_shdr(&m, 0) + SH_LINK, 4);
	ef_put_le16(m.data + E_SHNUM, 0);
	ef_put_le16(m.data + E_SHSTRNDX, 0xffff);
	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_assert_ptr_nonnull(ef_elf_section(&elf, ".flash.text"));
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* A change to the file above, in section header `section` - 1 if that is given; what is said of it.
 */
static const struct {
	unsigned section, off, size;
	uint32_t value;
	const char *says;
} damages[] = {
	{ 0, 0, 1, 0xe9, "not an ELF file: it begins with 0xe9" },
	{ 0, E_CLASS, 1, 2, "64-bit" },
	{ 0, E_CLASS, 1, 9, "class 9" },
	{ 0, E_DATA, 1, 2, "big-endian" },
	{ 0, E_DATA, 1, 0, "data encoding 0" },
	{ 0, E_MACHINE, 2, 62, "machine 0x3e" },
	{ 0, E_TYPE, 2, 1, "object file" },
	{ 0, E_SHOFF, 4, 0, "without sections" },
	{ 0, E_SHOFF, 4, 0xfffffff0, "truncated" },
	{ 0, E_SHENTSIZE, 2, 64, "section headers of 64 bytes" },
	{ 0, E_SHNUM, 2, 0xffff, "truncated" },
	{ 0, E_SHNUM, 2, 0, "0 sections" },
	{ 0, E_SHSTRNDX, 2, 5, "names in section 5" },
	{ 0, E_SHSTRNDX, 2, 1, "section 1 should hold the names" },
	{ 2, SH_NAME, 4, 0x7fffffff, "name of section 1" },
	{ 2, SH_OFFSET, 4, 0xffffffff, "section 1 ends at 0x10000003f" },
	{ 2, SH_SIZE, 4, 0xffffffff, "truncated" },
	{ 5, SH_SIZE, 4, 3, "name of section 1" },
};

START_TEST(names_the_damage)
{
	struct made m = simple();
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;
	uint8_t *at = m.data + damages[_i].off, value[4];

	if (damages[_i].section)
		at = made_shdr(&m, damages[_i].section - 1) + damages[_i].off;
	ef_put_le32(value, damages[_i].value);
	memcpy(at, value, damages[_i].size);
	ck_fails(ef_elf_open(&elf, m.data, m.len, &err), &err, EF_E_INPUT, damages[_i].says);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* The zero behind the table is not the end of the table's last name. */
START_TEST(last_name_ends_in_the_table)
{
	struct made m = simple();
	unsigned last = ef_le16(m.data + E_SHNUM) - 1u;
	uint8_t *size = made_shdr(&m, last) + SH_SIZE;
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;
	char says[64];

	(void)snprintf(says, sizeof(says), "the name of section %u is outside the table", last);
	ef_put_le32(size, ef_le32(size) - 1);
	ck_fails(ef_elf_open(&elf, m.data, m.len, &err), &err, EF_E_INPUT, says);
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

START_TEST(hints_at_the_right_file)
{
	static const uint8_t image[] = { 0xe9, 1, 2, 3, 4 };
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;

	ck_assert(!ef_elf_open(&elf, image, sizeof(image), &err));
	ck_assert_ptr_nonnull(strstr(ck_hint(&err), "write-bin"));
	ef_err_clear(&err);
	ck_fails(ef_elf_open(&elf, image, 0, &err), &err, EF_E_INPUT, "empty");
}
END_TEST

/* The headers are at the end, so no part of a file will do. Exact copies, for ASan's sake. */
START_TEST(refuses_every_truncation)
{
	struct made m = load_golden("one-page.elf");
	struct ef_elf elf;

	for (size_t len = 0; len < m.len; len++) {
		struct ef_err err = EF_ERR_INIT;
		uint8_t *part = malloc(len ? len : 1);

		ck_assert_ptr_nonnull(part);
		memcpy(part, m.data, len);
		ck_assert_msg(!ef_elf_open(&elf, part, len, &err), "%zu bytes", len);
		ck_assert_int_eq(err.code, EF_E_INPUT);
		free(part);
	}
	free(m.data);
}
END_TEST

static void open_and_use(const uint8_t *data, size_t len)
{
	struct ef_image_opts opts = { .chip = ef_chip_by_name("esp32c6"),
				      .flash = { .mode = EF_MODE_KEEP } };
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;
	uint8_t *image;
	size_t image_len;

	if (!ef_elf_open(&elf, data, len, &err)) {
		ck_assert_int_eq(err.code, EF_E_INPUT);
		return;
	}
	if (ef_elf_check_chip(&elf, opts.chip, &err) && ef_elf_check_app_desc(&elf, &err) &&
	    ef_image_build(&elf, &opts, &image, &image_len, &err))
		free(image);
	else
		ck_assert_int_eq(err.code, EF_E_INPUT);
	ef_elf_release(&elf);
}

/* Each bit of the header, of symbols, names and section headers. */
START_TEST(survives_every_bit_flip)
{
	struct made m = load_golden("one-page.elf");
	size_t tables = ef_le32(made_shdr(&m, 8) + SH_OFFSET); /* .symtab */

	for (size_t i = 0; i < m.len; i++) {
		if (i == EHDR)
			i = tables;
		for (unsigned bit = 0; bit < 8; bit++) {
			m.data[i] ^= (uint8_t)(1u << bit);
			open_and_use(m.data, m.len);
			m.data[i] ^= (uint8_t)(1u << bit);
		}
	}
	free(m.data);
}
END_TEST

START_TEST(finds_metadata)
{
	struct made m = load_golden("one-page.elf");
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_assert_str_eq(elf.chip_name, "esp32c6");
	ck_assert_uint_eq(elf.min_revision, 2);
	ck_assert(elf.has_app_desc_symbol);
	ck_assert_ptr_eq(ef_elf_chip(&elf), ef_chip_by_name("esp32c6"));
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/*
 * Two symbols in the section of metadata: espflash.LOG_FORMAT, which is "serial", and after it
 * build_info.CHIP_NAME, which has this many letters. More letters follow.
 */
static struct made with_chip_name(uint32_t letters)
{
	static const char names[] = "\0espflash.LOG_FORMAT\0build_info.CHIP_NAME";
	static const char text[] = "serialABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint8_t table[32] = { 0 };
	const struct make_section s[] = {
		{ ".espressif.metadata", 1, 0, 0, sizeof(text), (const uint8_t *)text },
		{ ".symtab", 2, 0, 0, sizeof(table), table },
		{ ".strtab", 3, 0, 0, sizeof(names), (const uint8_t *)names },
	};
	struct made m;

	ef_put_le32(table, 1);
	ef_put_le32(table + 8, 6);
	ef_put_le16(table + 14, 1);
	ef_put_le32(table + 16, 21);
	ef_put_le32(table + 20, 6);
	ef_put_le32(table + 24, letters);
	ef_put_le16(table + 30, 1);
	m = make_elf(EF_EM_RISCV, s, EF_ARRAY_LEN(s));
	ef_put_le32(made_shdr(&m, 2) + SH_LINK, 3);
	return m;
}

/* A value is copied as far as there is room, with its end, and nothing beside it changes. */
START_TEST(long_metadata_is_cut)
{
	struct made m = with_chip_name((uint32_t)_i);
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;
	const size_t room = sizeof(elf.chip_name) - 1;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_assert_uint_eq(strlen(elf.chip_name), (size_t)_i < room ? (size_t)_i : room);
	ck_assert_mem_eq(elf.chip_name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi",
			 strlen(elf.chip_name));
	ck_assert_str_eq(elf.log_format, "serial");
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

/* ---- is it for this chip ---- */

static void check_chip(const struct make_section *section, uint16_t machine, const char *chip,
		       const char *says)
{
	struct made m = make_elf(machine, section, 1);
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	if (says)
		ck_fails(ef_elf_check_chip(&elf, ef_chip_by_name(chip), &err), &err, EF_E_INPUT,
			 says);
	else
		ck_ok(ef_elf_check_chip(&elf, ef_chip_by_name(chip), &err), &err);
	ef_elf_release(&elf);
	free(m.data);
}

START_TEST(checks_machine_and_addresses)
{
	/* 0x40800000 is RAM of the C6, 0x30100000 the SPM of the P4. */
	static const struct make_section c6 = { ".text", 1, 6, 0x40800000, 16, NULL };
	static const struct make_section tcm = { ".tcm.text", 1, 6, 0x30100000, 16, NULL };

	check_chip(&c6, EF_EM_RISCV, "esp32c6", NULL);
	check_chip(&c6, EF_EM_RISCV, "esp32c3",
		   "loads to 0x40800000, where ESP32-C3 has no memory");
	check_chip(&c6, EF_EM_RISCV, "esp32s3", "for a RISC-V chip, but ESP32-S3 is Xtensa");
	check_chip(&c6, EF_EM_XTENSA, "esp32c6", "for a Xtensa chip, but ESP32-C6 is RISC-V");
	check_chip(&tcm, EF_EM_RISCV, "esp32p4", NULL);
}
END_TEST

START_TEST(checks_chip_name)
{
	struct made m = load_golden("one-page.elf");
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ck_ok(ef_elf_check_chip(&elf, ef_chip_by_name("esp32c6"), &err), &err);
	ck_fails(ef_elf_check_chip(&elf, ef_chip_by_name("esp32h2"), &err), &err, EF_E_INPUT,
		 "built for 'esp32c6', not for 'esp32h2'");
	ef_elf_release(&elf);
	free(m.data);
}
END_TEST

static void check_desc(const char *section, const char *says, const char *hint)
{
	struct make_section s = { section, 1, 2, 0x3c000020, 256, NULL };
	struct made m = make_elf(EF_EM_RISCV, &s, 1);
	struct ef_err err = EF_ERR_INIT;
	struct ef_elf elf;

	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	if (says) {
		ck_assert(!ef_elf_check_app_desc(&elf, &err));
		ck_assert_ptr_nonnull(strstr(ck_hint(&err), hint));
		ck_fails(false, &err, EF_E_INPUT, says);
	} else {
		ck_ok(ef_elf_check_app_desc(&elf, &err), &err);
	}
	ef_elf_release(&elf);
	free(m.data);
}

START_TEST(insists_on_a_descriptor)
{
	check_desc(".flash.appdesc", NULL, NULL);
	check_desc(".rodata_desc", NULL, NULL);
	check_desc("sw_isr_table", NULL, NULL); /* Zephyr */
	check_desc(".espressif.metadata", "no ESP-IDF application descriptor",
		   "esp_bootloader_esp_idf::esp_app_desc!()");
	check_desc(".rodata", "no ESP-IDF application descriptor", "--ignore-app-descriptor");
}
END_TEST

Suite *suite_elf(void);
Suite *suite_elf(void)
{
	Suite *s = suite_create("elf");
	TCase *t = tcase_create("elf");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, reads_sections);
	tcase_add_test(t, reads_extended_counts);
	tcase_add_loop_test(t, names_the_damage, 0, (int)EF_ARRAY_LEN(damages));
	tcase_add_test(t, last_name_ends_in_the_table);
	tcase_add_test(t, hints_at_the_right_file);
	tcase_add_test(t, refuses_every_truncation);
	tcase_add_test(t, survives_every_bit_flip);
	tcase_add_test(t, finds_metadata);
	tcase_add_loop_test(t, long_metadata_is_cut, 0, 40);
	tcase_add_test(t, checks_machine_and_addresses);
	tcase_add_test(t, checks_chip_name);
	tcase_add_test(t, insists_on_a_descriptor);
	suite_add_tcase(s, t);
	return s;
}
