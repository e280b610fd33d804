/* SPDX-License-Identifier: MIT */
/* Finished images: parsing, verdicts, descriptors, the bootloader's settings. */
#include <stdio.h>

#include "base/hash.h"
#include "base/util.h"
#include <espflash/image.h>

#include "elf_maker.h"

/*
 * A hand-made image: one RAM segment of eight bytes. 24 + 8 + 8 = 40, so the
 * checksum is byte 47 and the digest follows at 48 (image-format: esptool's
 * documentation, "firmware image format").
 */
enum { SUM_AT = 47, DIGEST_AT = 48, IMAGE_LEN = 80 };

static void make_image(uint8_t image[IMAGE_LEN], bool has_digest)
{
	static const uint8_t head[] = { 0xe9, 1, 2,    0x2f, 0x00, 0x10, 0x38, 0x40, 0xee, 0,
					0,    0, 5,    0,    3,    4,    0,    199,  0,    0,
					0,    0, 0,    0,    0x00, 0x10, 0x38, 0x40, 8,    0,
					0,    0, 0x11, 0x22, 0x44, 0x88, 0x01, 0x02, 0x04, 0x08 };

	memset(image, 0, IMAGE_LEN);
	memcpy(image, head, sizeof(head));
	image[23] = has_digest;
	image[SUM_AT] = 0xef ^ 0xff ^ 0x0f;
	if (has_digest)
		ef_sha256(image, DIGEST_AT, image + DIGEST_AT);
}

START_TEST(parses)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, true);
	ck_ok(ef_image_parse(image, sizeof(image), &info, &err), &err);
	ck_ok(ef_image_verify(&info, &err), &err);
	ck_assert_uint_eq(info.segment_count, 1);
	ck_assert_uint_eq(info.mode, 2);
	ck_assert_uint_eq(info.size_code, 2);
	ck_assert_uint_eq(info.freq_code, 0xf);
	ck_assert_uint_eq(info.entry, 0x40381000);
	ck_assert_uint_eq(info.wp_pin, 0xee);
	ck_assert_uint_eq(info.chip_id, 5);
	ck_assert_uint_eq(info.min_rev_legacy, 3);
	ck_assert_uint_eq(info.min_rev, 4);
	ck_assert_uint_eq(info.max_rev, 199);
	ck_assert(info.has_digest);
	ck_assert_uint_eq(info.segment[0].addr, 0x40381000);
	ck_assert_uint_eq(info.segment[0].len, 8);
	ck_assert_uint_eq(info.segment[0].off, 32);
	ck_assert_uint_eq(info.digest_off, DIGEST_AT);
	ck_assert_uint_eq(info.len, IMAGE_LEN);
}
END_TEST

START_TEST(parses_without_digest)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, false);
	ck_ok(ef_image_parse(image, DIGEST_AT, &info, &err), &err);
	ck_ok(ef_image_verify(&info, &err), &err);
	ck_assert_uint_eq(info.len, DIGEST_AT);
	ck_assert(!info.has_digest);
}
END_TEST

/* A reader that asks before each read gets exactly the bytes of the image. */
START_TEST(tells_how_much_is_needed)
{
	static const size_t steps[] = { 24, 32, IMAGE_LEN, IMAGE_LEN };
	uint8_t image[IMAGE_LEN];
	size_t len = 0;

	make_image(image, true);
	for (size_t i = 0; i < EF_ARRAY_LEN(steps); i++) {
		ck_assert_uint_eq(ef_image_need(image, len), steps[i]);
		len = steps[i];
	}
	make_image(image, false);
	ck_assert_uint_eq(ef_image_need(image, IMAGE_LEN), DIGEST_AT);
	image[0] = 0xff;
	ck_assert_uint_eq(ef_image_need(image, IMAGE_LEN), 0);
}
END_TEST

static const struct {
	unsigned off;
	uint8_t value;
	const char *says;
} damages[] = {
	{ 0, 0xff, "not an image: it begins with 0xff" },
	{ 1, 0, "0 segments" },
	{ 1, 17, "17 segments" },
	{ 1, 2, "damaged image: segment 1" },
	{ 23, 2, "digest flag 0x02" },
	{ 23, 0xee, "digest flag 0xee" },
	{ 28, 7, "segment 0 has 7 bytes" },
	{ 28, 56, "truncated image: segment 0" },
	{ 28, 24, "checksum and digest would end at 96 of 80 bytes" },
	{ 31, 1, "segment 0 has 16777224 bytes" },
};

START_TEST(names_the_damage)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, true);
	image[damages[_i].off] = damages[_i].value;
	ck_fails(ef_image_parse(image, sizeof(image), &info, &err), &err, EF_E_INPUT,
		 damages[_i].says);
}
END_TEST

START_TEST(refuses_every_truncation)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, true);
	for (size_t len = 0; len < IMAGE_LEN; len++) {
		uint8_t *part = malloc(len ? len : 1);

		ck_assert_ptr_nonnull(part);
		memcpy(part, image, len);
		ck_fails(ef_image_parse(part, len, &info, &err), &err, EF_E_INPUT,
			 len > 0 && len < 24 ? "the header is incomplete" : "");
		ck_assert(ef_image_parse_start(part, len, &info) == (len >= 24));
		free(part);
	}
}
END_TEST

/* Every flipped bit is noticed, by the parser, the checksum or the digest. */
START_TEST(notices_every_bit_flip)
{
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, true);
	for (size_t i = 0; i < IMAGE_LEN * 8; i++) {
		struct ef_err err = EF_ERR_INIT;

		if (i == 23 * 8) /* the digest flag: then there is none to be wrong */
			continue;
		image[i / 8] ^= (uint8_t)(1u << i % 8);
		ck_assert_msg(!ef_image_parse(image, sizeof(image), &info, &err) ||
				      !ef_image_verify(&info, &err),
			      "bit %zu", i);
		ck_assert_int_eq(err.code, EF_E_INPUT);
		image[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}
END_TEST

START_TEST(tells_checksum_from_digest)
{
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, true);
	image[SUM_AT] ^= 1;
	ck_ok(ef_image_parse(image, sizeof(image), &info, &err), &err);
	ck_fails(ef_image_verify(&info, &err), &err, EF_E_INPUT,
		 "checksum is 0x1e and should be 0x1f");
	image[SUM_AT] ^= 1;
	image[DIGEST_AT] ^= 1;
	ck_ok(ef_image_parse(image, sizeof(image), &info, &err), &err);
	ck_fails(ef_image_verify(&info, &err), &err, EF_E_INPUT, "digest is wrong");
}
END_TEST

/* ---- descriptor ---- */

START_TEST(reads_descriptor)
{
	uint8_t data[EF_APP_DESC_SIZE] = { 0x32, 0x54, 0xcd, 0xab, 1 };
	struct ef_app_desc desc;

	memset(data + 16, 'v', 32); /* no NUL: fills its field */
	memcpy(data + 48, "name\x1b[2J", 9);
	memcpy(data + 80, "12:34:56", 8);
	memcpy(data + 96, "Aug  4 2026", 11);
	memcpy(data + 112, "v5.5", 4);
	data[144] = 0x5a;
	data[178] = 0xff;
	data[179] = 0xff;
	data[180] = 16;
	ck_assert(ef_app_desc_parse(data, sizeof(data), &desc));
	ck_assert_uint_eq(desc.secure_version, 1);
	ck_assert_uint_eq(strlen(desc.version), 32);
	ck_assert_str_eq(desc.project, "name?[2J");
	ck_assert_str_eq(desc.time, "12:34:56");
	ck_assert_str_eq(desc.date, "Aug  4 2026");
	ck_assert_str_eq(desc.idf_version, "v5.5");
	ck_assert_uint_eq(desc.elf_sha256[0], 0x5a);
	ck_assert_uint_eq(desc.max_efuse_blk_rev, 0xffff);
	ck_assert_uint_eq(desc.mmu_page_log2, 16);
	ck_assert(!ef_app_desc_parse(data, sizeof(data) - 1, &desc));
	data[0] ^= 1;
	ck_assert(!ef_app_desc_parse(data, sizeof(data), &desc));
	ck_assert(!ef_image_app_desc(data, 31, &desc));
}
END_TEST

/* ---- bootloader ---- */

static const struct ef_flash_settings keep = { .mode = EF_MODE_KEEP };

START_TEST(patches_two_bytes)
{
	struct ef_flash_settings settings = { .mode = EF_MODE_QOUT,
					      .freq_mhz = 80,
					      .size = 16 * EF_MIB };
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN], before[IMAGE_LEN];
	struct ef_image_info info;

	make_image(before, false);
	memset(before + DIGEST_AT, 0xa5, IMAGE_LEN - DIGEST_AT); /* not a digest: left alone */
	memcpy(image, before, sizeof(image));
	ck_ok(ef_bootloader_patch(image, sizeof(image), chip, &settings, &info, &err), &err);
	ck_assert_uint_eq(image[2], 1);
	ck_assert_uint_eq(image[3], 0x4f);
	ck_assert_uint_eq(info.mode, 1);
	ck_assert_uint_eq(info.size_code, 4);
	ck_assert_uint_eq(info.freq_code, 0xf);
	image[2] = before[2];
	image[3] = before[3];
	ck_assert_mem_eq(image, before, sizeof(image));
	ck_ok(ef_bootloader_patch(image, sizeof(image), chip, &keep, &info, &err), &err);
	ck_assert_uint_eq(image[2], 2);
	ck_assert_uint_eq(image[3], 0x20); /* espflash: 4 MB, and the chip's default frequency */
}
END_TEST

/* What the user doesn't set stays as it is, where the caller keeps it. */
static const struct {
	uint16_t freq_mhz;
	uint32_t size;
	uint8_t want; /* of a header with 0x42: 16 MB, and the C3's 20 MHz */
} kept[] = {
	{ 0, 0, 0x42 },
	{ 80, 0, 0x4f },
	{ 0, 8 * EF_MIB, 0x32 },
	{ 40, 2 * EF_MIB, 0x10 },
};

START_TEST(keeps_what_is_not_set)
{
	const struct ef_flash_settings settings = { .mode = EF_MODE_KEEP,
						    .keeps = true,
						    .freq_mhz = kept[_i].freq_mhz,
						    .size = kept[_i].size };
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, false);
	image[2] = 3;
	image[3] = 0x42;
	ck_ok(ef_bootloader_patch(image, sizeof(image), ef_chip_by_name("esp32c3"), &settings,
				  &info, &err),
	      &err);
	ck_assert_uint_eq(image[2], 3);
	ck_assert_uint_eq(image[3], kept[_i].want);
}
END_TEST

START_TEST(patches_digest)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, true);
	ck_ok(ef_bootloader_patch(image, sizeof(image), chip, &keep, &info, &err), &err);
	ck_ok(ef_image_parse(image, sizeof(image), &info, &err), &err);
	ck_ok(ef_image_verify(&info, &err), &err);
	ck_assert_uint_eq(info.freq_code, 0);
}
END_TEST

/*
 * Tools that patch the header without the digest leave such bootloaders. ROMs start them:
 * "SHA-256 comparison failed ... Attempting to boot anyway...".
 */
START_TEST(mends_a_stale_digest)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, true);
	image[3] = 0x40;
	ck_ok(ef_image_parse(image, sizeof(image), &info, &err), &err);
	ck_assert(!info.is_digest_valid);
	ck_ok(ef_image_boots(&info, &err), &err);
	ck_ok(ef_bootloader_patch(image, sizeof(image), chip, &keep, &info, &err), &err);
	ck_assert(info.is_digest_valid);
	ck_ok(ef_image_parse(image, sizeof(image), &info, &err), &err);
	ck_ok(ef_image_verify(&info, &err), &err);
}
END_TEST

START_TEST(refuses_wrong_bootloader)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	struct ef_err err = EF_ERR_INIT;
	uint8_t image[IMAGE_LEN], before[IMAGE_LEN];
	struct ef_image_info info;

	make_image(image, true);
	memcpy(before, image, sizeof(image));
	ck_fails(ef_bootloader_patch(image, sizeof(image), ef_chip_by_name("esp32s3"), &keep, &info,
				     &err),
		 &err, EF_E_INPUT, "for ESP32-C3, not for ESP32-S3");
	ck_fails(ef_bootloader_patch(image, 60, chip, &keep, &info, &err), &err, EF_E_INPUT,
		 "truncated");
	image[32] ^= 1;
	ck_fails(ef_bootloader_patch(image, sizeof(image), chip, &keep, &info, &err), &err,
		 EF_E_INPUT, "damaged image: checksum");
	image[32] ^= 1;
	ck_assert_mem_eq(image, before, sizeof(image));
	image[12] = 0x77;
	ck_fails(ef_bootloader_patch(image, sizeof(image), chip, &keep, &info, &err), &err,
		 EF_E_INPUT, "chip id 119");
}
END_TEST

/* Digests of what esptool 5.3.1 wrote: merge-bin -fm qio -ff 80m -fs 8MB. */
static const struct {
	const char *chip, *file, *digest;
} real[] = {
	{ "esp32", "idf-esp32.bin",
	  "f60498bb7d107152b24faa23fa47e6bde2cd1df1981902d4a6c011b0e75d931b" },
	{ "esp32c3", "idf-esp32c3.bin",
	  "a626929c977523a5c06f2e5849da406fdb26ec89506468b1211441fdb0abe757" },
};

START_TEST(patches_as_esptool_does)
{
	struct ef_flash_settings settings = { .mode = EF_MODE_QIO,
					      .freq_mhz = 80,
					      .size = 8 * EF_MIB };
	struct ef_err err = EF_ERR_INIT;
	struct made m = { NULL, 0 };
	uint8_t digest[EF_SHA256_LEN];
	char hex[2 * EF_SHA256_LEN + 1];
	struct ef_image_info info;

	if (!load_file(EF_CORPUS_DIR "/bootloader", real[_i].file, &m)) {
		puts("skipped: no shared corpus");
		return;
	}
	ck_ok(ef_bootloader_patch(m.data, m.len, ef_chip_by_name(real[_i].chip), &settings, &info,
				  &err),
	      &err);
	ef_sha256(m.data, m.len, digest);
	ef_hex(hex, digest, sizeof(digest));
	ck_assert_str_eq(hex, real[_i].digest);
	free(m.data);
}
END_TEST

/* ---- names and codes ---- */

START_TEST(names_of_settings)
{
	/* esptool's documentation, "firmware image format", file header, byte 3 */
	static const char *const by_code[] = { "1MB",  "2MB",  "4MB",   "8MB",  "16MB",
					       "32MB", "64MB", "128MB", "256MB" };
	uint8_t code;

	for (unsigned i = 0; i < EF_ARRAY_LEN(by_code); i++) {
		uint32_t size = EF_MIB << i;

		ck_assert(ef_flash_size_code(size, &code));
		ck_assert_uint_eq(code, i);
		ck_assert_uint_eq(ef_flash_size_bytes((uint8_t)i), size);
		ck_assert_str_eq(ef_flash_size_name(size), by_code[i]);
	}
	ck_assert(!ef_flash_size_code(512 * EF_KIB, &code));
	ck_assert(!ef_flash_size_code(3, &code));
	ck_assert_uint_eq(ef_flash_size_bytes(9), 0);
	ck_assert_uint_eq(ef_flash_size_bytes(0xff), 0);
	ck_assert_str_eq(ef_flash_size_name(3), "?");
	ck_assert_str_eq(ef_flash_mode_name(EF_MODE_QIO), "qio");
	ck_assert_str_eq(ef_flash_mode_name(EF_MODE_DOUT), "dout");
	ck_assert_str_eq(ef_flash_mode_name(EF_MODE_KEEP), "?");
}
END_TEST

Suite *suite_image_read(void);
Suite *suite_image_read(void)
{
	Suite *s = suite_create("image_read");
	TCase *t = tcase_create("image_read");

	tcase_add_test(t, parses);
	tcase_add_test(t, parses_without_digest);
	tcase_add_test(t, tells_how_much_is_needed);
	tcase_add_loop_test(t, names_the_damage, 0, (int)EF_ARRAY_LEN(damages));
	tcase_add_test(t, refuses_every_truncation);
	tcase_add_test(t, notices_every_bit_flip);
	tcase_add_test(t, tells_checksum_from_digest);
	tcase_add_test(t, reads_descriptor);
	tcase_add_test(t, patches_two_bytes);
	tcase_add_loop_test(t, keeps_what_is_not_set, 0, 4);
	tcase_add_test(t, patches_digest);
	tcase_add_test(t, mends_a_stale_digest);
	tcase_add_test(t, refuses_wrong_bootloader);
	tcase_add_loop_test(t, patches_as_esptool_does, 0, (int)EF_ARRAY_LEN(real));
	tcase_add_test(t, names_of_settings);
	suite_add_tcase(s, t);
	return s;
}
