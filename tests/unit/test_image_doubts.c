/* SPDX-License-Identifier: MIT */
/*
 * What keeps a program from starting, by the rules of ESP-IDF's bootloader:
 * esp_image_format.c (should_load, verify_load_addresses) and bootloader_utility.c
 * (unpack_load_app). The addresses are those of the chips' soc.h.
 */
#include <stdio.h>

#include <espflash/image.h>

#include "elf_maker.h"

enum { PROGBITS = 1, NOTE = 7, PREINIT_ARRAY = 16, A = 2, AX = 6 };

static char said[4096];
static unsigned count;

static void note(void *user, const char *text)
{
	size_t len = strlen(said);

	(void)user;
	(void)snprintf(said + len, sizeof(said) - len, "%s\n", text);
	count++;
}

static void doubt(const char *chip, const struct make_section *s, size_t n, uint32_t entry)
{
	struct ef_err err = EF_ERR_INIT;
	const struct ef_chip *c = ef_chip_by_name(chip);
	struct made m = make_elf(c->arch == EF_ARCH_XTENSA ? EF_EM_XTENSA : EF_EM_RISCV, s, n);
	struct ef_elf elf;

	said[0] = '\0';
	count = 0;
	ef_put_le32(m.data + E_ENTRY, entry);
	ck_ok(ef_elf_open(&elf, m.data, m.len, &err), &err);
	ef_image_doubts(&elf, c, note, NULL);
	ef_elf_release(&elf);
	free(m.data);
}

#define SAYS(text) ck_assert_msg(strstr(said, text) != NULL, "'%s' said: %s", text, said)

/* A usual program of each chip: data, code, RAM. There is nothing to say. */
static const struct {
	const char *chip;
	uint32_t drom, irom, iram, dram, rtc;
} usual[] = {
	{ "esp32", 0x3f400020, 0x400d0020, 0x40080000, 0x3ffb0000, 0x50000000 },
	{ "esp32s2", 0x3f000020, 0x40080020, 0x40022000, 0x3ffc0000, 0x50000000 },
	{ "esp32s3", 0x3c000020, 0x42010020, 0x40374000, 0x3fc90000, 0x600fe000 },
	{ "esp32c2", 0x3c000020, 0x42010020, 0x4037c000, 0x3fca0000, 0x3fca8000 },
	{ "esp32c3", 0x3c000020, 0x42010020, 0x40380000, 0x3fc90000, 0x50000000 },
	{ "esp32c5", 0x42000020, 0x42010020, 0x40800000, 0x40820000, 0x50000000 },
	{ "esp32c6", 0x42000020, 0x42010020, 0x40800000, 0x40820000, 0x50000000 },
	{ "esp32c61", 0x42000020, 0x42010020, 0x40800000, 0x40820000, 0x40830000 },
	{ "esp32h2", 0x42000020, 0x42010020, 0x40800000, 0x40820000, 0x50000000 },
	{ "esp32p4", 0x40000020, 0x40010020, 0x4ff00000, 0x4ff20000, 0x50108000 },
	{ "esp32p4", 0x40000020, 0x40010020, 0x30100000, 0x4ffbffc0, 0x50108000 },
	{ "esp32s31", 0x40000020, 0x40010020, 0x2f000000, 0x2f020000, 0x2e000000 },
};
#define USUAL ((int)(sizeof(usual) / sizeof(usual[0])))

START_TEST(usual_programs_raise_none)
{
	const struct make_section s[] = {
		{ ".rodata", PROGBITS, A, usual[_i].drom, 64, NULL },
		{ ".text", PROGBITS, AX, usual[_i].irom, 64, NULL },
		{ ".iram", PROGBITS, AX, usual[_i].iram, 64, NULL },
		{ ".data", PROGBITS, A, usual[_i].dram, 64, NULL },
		{ ".rtc", PROGBITS, A, usual[_i].rtc, 64, NULL },
	};

	doubt(usual[_i].chip, s, 5, usual[_i].iram + 60);
	ck_assert_msg(count == 0, "%s", said);
	doubt(usual[_i].chip, s, 5, usual[_i].irom);
	ck_assert_msg(count == 0, "%s", said);
}
END_TEST

START_TEST(entry_in_no_section)
{
	const struct make_section s[] = {
		{ ".rodata", PROGBITS, A, usual[_i].drom, 64, NULL },
		{ ".text", PROGBITS, AX, usual[_i].irom, 64, NULL },
		{ ".bss", 8, A, usual[_i].dram, 64, NULL },
	};

	doubt(usual[_i].chip, s, 3, usual[_i].irom + 64);
	ck_assert_uint_eq(count, 1);
	SAYS("is in no section that is loaded");
	doubt(usual[_i].chip, s, 3, usual[_i].dram);
	ck_assert_uint_eq(count, 1);
	doubt(usual[_i].chip, s, 3, 0);
	ck_assert_uint_eq(count, 1);
}
END_TEST

static const struct {
	const char *chip;
	uint32_t addr, len;
	const char *says;
} places[] = {
	{ "esp32c3", 0x70000000, 256, "bad load address range" },
	{ "esp32s31", 0x70000000, 256, "bad load address range" },
	{ "esp32c6", 0x40900000, 4, "bad load address range" },
	/* begins in RAM and ends behind it */
	{ "esp32c3", 0x3fcdfff0, 0x20, "bad load address range" },
	/* PSRAM and ROM, which the bootloader does not fill */
	{ "esp32", 0x3f800000, 16, "EXTRAM_DATA" },
	{ "esp32s2", 0x40001000, 16, "IROM_MASK" },
	{ "esp32c3", 0x00000010, 16, "does not load it" },
};

START_TEST(places_that_are_no_ram)
{
	const struct make_section s[] = {
		{ ".far", PROGBITS, A, places[_i].addr, places[_i].len, NULL },
	};

	doubt(places[_i].chip, s, 1, places[_i].addr);
	ck_assert_msg(count == 1, "%s", said);
	SAYS(places[_i].says);
	SAYS("'.far'");
}
END_TEST

START_TEST(not_a_line_for_each_of_hundreds)
{
	struct make_section s[40];

	for (uint32_t i = 0; i < 40; i++)
		s[i] = (struct make_section){
			".far", PROGBITS, A, 0x70000000 + i * 0x1000, 16, NULL
		};
	doubt("esp32c3", s, 40, 0x70000000);
	ck_assert_uint_eq(count, 4);
	for (uint32_t i = 0; i < 40; i++)
		s[i].addr = 0x3c000020 + i * 0x10000;
	doubt("esp32c3", s, 40, 0x3c000020);
	ck_assert_uint_eq(count, 4);
}
END_TEST

/* "Mapping multiple DROM segments": the bootloaders of these chips keep the last one. */
START_TEST(two_pieces_of_one_kind)
{
	struct make_section s[] = {
		{ ".rodata", PROGBITS, A, usual[_i].drom, 64, NULL },
		{ ".rodata2", PROGBITS, A, usual[_i].drom + 0x10000, 64, NULL },
		{ ".text", PROGBITS, AX, usual[_i].irom + 0x20000, 64, NULL },
	};
	bool has_two = _i < 5; /* data and code in two ranges: SOC_MMU_DI_VADDR_SHARED isn't set */

	doubt(usual[_i].chip, s, 3, s[2].addr);
	ck_assert_msg(count == 1, "%s", said);
	SAYS(has_two ? "two pieces of DROM" : "stops at the third");
	/* neighbours are one piece */
	s[1].addr = s[0].addr + 64;
	doubt(usual[_i].chip, s, 3, s[2].addr);
	ck_assert_msg(count == 0, "%s", said);
	s[1].addr = s[2].addr + 0x10000;
	doubt(usual[_i].chip, s, 3, s[2].addr);
	ck_assert_msg(count == 1, "%s", said);
	SAYS(has_two ? "two pieces of IROM" : "stops at the third");
}
END_TEST

/* A note between two pieces of data is loaded, so that they stay one piece. */
START_TEST(notes_and_arrays_are_no_gap)
{
	const struct make_section s[] = {
		{ ".rodata", PROGBITS, A, 0x3c000020, 64, NULL },
		{ ".note", NOTE, A, 0x3c000060, 36, NULL },
		{ ".preinit_array", PREINIT_ARRAY, A, 0x3c000084, 8, NULL },
		{ ".rodata2", PROGBITS, A, 0x3c00008c, 64, NULL },
		{ ".text", PROGBITS, AX, 0x42010020, 64, NULL },
	};

	doubt("esp32c3", s, 5, 0x42010020);
	ck_assert_msg(count == 0, "%s", said);
}
END_TEST

/* Zephyr's own loader maps what its programs need. */
START_TEST(zephyr_maps_by_itself)
{
	const struct make_section s[] = {
		{ ".rodata", PROGBITS, A, 0x3c000020, 64, NULL },
		{ "sw_isr_table", PROGBITS, A, 0x3c010020, 64, NULL },
		{ ".text", PROGBITS, AX, 0x42020020, 64, NULL },
	};

	doubt("esp32c3", s, 3, 0x42020020);
	ck_assert_msg(count == 0, "%s", said);
}
END_TEST

START_TEST(descriptor_by_name_only)
{
	const struct make_section s[] = {
		{ ".rodata_desc", PROGBITS, A, 0x3c000020, 256, NULL },
		{ ".text", PROGBITS, AX, 0x42020020, 64, NULL },
	};

	doubt("esp32c3", s, 2, 0x42020020);
	ck_assert_uint_eq(count, 1);
	SAYS("Failed to fetch app description header!");
}
END_TEST

/* ---- where the descriptor is ---- */

static bool builds(const struct make_section *s, size_t n, bool ignores, struct ef_app_desc *ret,
		   struct ef_err *err)
{
	const struct ef_image_opts opts = { .chip = ef_chip_by_name("esp32c3"),
					    .flash.mode = EF_MODE_KEEP,
					    .ignore_app_desc = ignores };
	struct made m = make_elf(EF_EM_RISCV, s, n);
	uint8_t *image = NULL;
	struct ef_elf elf;
	size_t len = 0;
	bool ok;

	ck_ok(ef_elf_open(&elf, m.data, m.len, err), err);
	ok = ef_elf_check_app_desc(&elf, err) && ef_image_build(&elf, &opts, &image, &len, err);
	if (ok)
		*ret = (struct ef_app_desc){ .secure_version = 99 };
	if (ok && !ef_image_app_desc(image, len, ret))
		ret->secure_version = 98;
	ef_elf_release(&elf);
	free(image);
	free(m.data);
	return ok;
}

START_TEST(descriptor_is_found_by_content)
{
	static const char *const names[] = { ".flash.rodata", ".rodata", "", ".flash.appdesc",
					     ".rodata_desc" };
	uint8_t desc[320] = { 0x32, 0x54, 0xcd, 0xab, 7 };
	const struct make_section s[] = {
		{ ".text", PROGBITS, AX, 0x42010020, 64, NULL },
		{ names[_i], PROGBITS, A, 0x3c000020, sizeof(desc), desc },
	};
	struct ef_err err = EF_ERR_INIT;
	struct ef_app_desc got;

	memcpy(desc + 48, "blinky", 7);
	ck_ok(builds(s, 2, false, &got, &err), &err);
	ck_assert_uint_eq(got.secure_version, 7);
	ck_assert_str_eq(got.project, "blinky");
}
END_TEST

/* esp_image_format.c: the descriptor "is located in DROM and is always in segment #0". */
START_TEST(descriptor_must_be_first)
{
	static const char *const names[] = { ".rodata_desc", ".flash.appdesc" };
	uint8_t desc[256] = { 0x32, 0x54, 0xcd, 0xab, 7 };
	const struct make_section s[] = {
		{ ".rodata", PROGBITS, A, 0x3c000020, 64, NULL },
		{ names[_i], PROGBITS, A, 0x3c000060, sizeof(desc), desc },
		{ ".text", PROGBITS, AX, 0x42010020, 64, NULL },
	};
	struct ef_err err = EF_ERR_INIT;
	struct ef_app_desc got;

	desc[180] = 16; /* the MMU page of 64 KiB is stated */
	ck_fails(builds(s, 3, false, &got, &err), &err, EF_E_INPUT,
		 "0x3c000060) would not be at the start of the image");
	ck_ok(builds(s, 3, true, &got, &err), &err);
	ck_assert_uint_eq(got.secure_version, 98);
}
END_TEST

Suite *suite_image_doubts(void);
Suite *suite_image_doubts(void)
{
	Suite *s = suite_create("image_doubts");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, usual_programs_raise_none, 0, USUAL);
	tcase_add_loop_test(t, entry_in_no_section, 0, USUAL);
	tcase_add_loop_test(t, places_that_are_no_ram, 0,
			    (int)(sizeof(places) / sizeof(places[0])));
	tcase_add_test(t, not_a_line_for_each_of_hundreds);
	tcase_add_loop_test(t, two_pieces_of_one_kind, 0, USUAL);
	tcase_add_test(t, notes_and_arrays_are_no_gap);
	tcase_add_test(t, zephyr_maps_by_itself);
	tcase_add_test(t, descriptor_by_name_only);
	tcase_add_loop_test(t, descriptor_is_found_by_content, 0, 5);
	tcase_add_loop_test(t, descriptor_must_be_first, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
