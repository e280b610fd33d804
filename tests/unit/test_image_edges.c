/* SPDX-License-Identifier: MIT */
/* Edges of the image layer that no whole image reaches. */
#include <espflash/image.h>

#include "ck_ef.h"

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

Suite *suite_image_edges(void);
Suite *suite_image_edges(void)
{
	Suite *s = suite_create("image_edges");
	TCase *t = tcase_create("image_edges");

	tcase_add_test(t, names_and_codes_of_flash_sizes);
	suite_add_tcase(s, t);
	return s;
}
