/* SPDX-License-Identifier: MIT */
/* What makes an image a bootloader, and a signature valid: each limit at its two sides. */
#include <espflash/boot.h>
#include <espflash/image.h>

#include "base/util.h"
#include "boot_maker.h"

static uint8_t image[MADE_BOOT_MAX];

/* The headers of the two segments that boot_maker.h makes */
#define DATA_AT 24u
#define CODE_AT (DATA_AT + 8u + 256u)

static size_t made(void)
{
	const struct make_boot m = { .chip = "esp32c3", .version = "v5.4" };

	return make_boot(&m, image);
}

static void judges(const char *fails)
{
	struct ef_err err = EF_ERR_INIT;
	struct ef_boot boot;
	bool ok = ef_boot_judge(image, sizeof(image), &boot, &err);

	ck_assert_msg(ok == !fails, "%s", err.msg);
	ck_assert_msg(!fails || strstr(err.msg, fails), "%s", err.msg);
}

/* All of a segment must be RAM, to its last byte. */
START_TEST(segment_at_the_end_of_ram)
{
	const struct ef_chip *chip = ef_chip_by_name("esp32c3");
	uint32_t end = ef_chip_mem(chip, made_ram(chip, false))->end;

	(void)made();
	ef_put_le32(image + DATA_AT, end - 256);
	judges(NULL);
	ef_put_le32(image + DATA_AT, end - 255);
	judges("which is not RAM");
	ef_put_le32(image + DATA_AT, end - 252);
	judges("which is not RAM");
	ef_put_le32(image + DATA_AT, end);
	judges("which is not RAM");
	ef_put_le32(image + DATA_AT, 0); /* padding is loaded nowhere */
	judges(NULL);
	ef_put_le32(image + DATA_AT, 0xffffff80);
	judges("which is not RAM");
}
END_TEST

START_TEST(entry_at_the_edges_of_a_segment)
{
	uint32_t addr, len;

	(void)made();
	addr = ef_le32(image + CODE_AT);
	len = ef_le32(image + CODE_AT + 4);
	ef_put_le32(image + 4, addr);
	judges(NULL);
	ef_put_le32(image + 4, addr + len - 1);
	judges(NULL);
	ef_put_le32(image + 4, addr - 1);
	judges("its entry point");
	ef_put_le32(image + 4, addr + len);
	judges("its entry point");
}
END_TEST

/* ---- the signature sector ---- */

#define BLOCK 1216u

static uint8_t signed_image[0x1000 + 4 * BLOCK];

/* ESP-IDF, esp_rom/.../secure_boot.h, ets_secure_boot_sig_block_t: magic, version, digest, CRC. */
static void put_block(unsigned index)
{
	uint8_t *b = signed_image + 0x1000 + index * BLOCK;

	memset(b, 0x33, BLOCK);
	b[0] = 0xe7;
	b[1] = 2;
	ef_sha256(signed_image, 0x1000, b + 4);
	ef_put_le32(b + 1196, ef_crc32(b, 1196));
}

START_TEST(blocks_of_a_signature)
{
	const struct ef_image_info info = { .len = 0x900 };
	struct ef_image_signature s;

	memset(signed_image, 0xff, sizeof(signed_image));
	ck_assert(!ef_image_signature(signed_image, sizeof(signed_image), &info, &s));
	for (unsigned i = 0; i < 4; i++) {
		put_block(i);
		ck_assert(ef_image_signature(signed_image, sizeof(signed_image), &info, &s));
		ck_assert_uint_eq(s.off, 0x1000);
		ck_assert_uint_eq(s.version, 2);
		ck_assert_uint_eq(s.blocks, i < 3 ? i + 1 : 3); /* there are three at most */
		ck_assert(s.is_digest_valid);
	}
	/* a file that ends within a block does not have it */
	ck_assert(ef_image_signature(signed_image, 0x1000 + 2 * BLOCK, &info, &s));
	ck_assert_uint_eq(s.blocks, 2);
	ck_assert(ef_image_signature(signed_image, 0x1000 + 2 * BLOCK - 1, &info, &s));
	ck_assert_uint_eq(s.blocks, 1);
	ck_assert(!ef_image_signature(signed_image, 0x1000 + BLOCK - 1, &info, &s));
	/* the second one signs something else */
	signed_image[0x1000 + BLOCK + 4] ^= 1;
	ef_put_le32(signed_image + 0x1000 + BLOCK + 1196,
		    ef_crc32(signed_image + 0x1000 + BLOCK, 1196));
	ck_assert(ef_image_signature(signed_image, sizeof(signed_image), &info, &s));
	ck_assert(!s.is_digest_valid);
	signed_image[0x1000 + BLOCK + 5] ^= 1; /* a wrong CRC ends the list */
	ck_assert(ef_image_signature(signed_image, sizeof(signed_image), &info, &s));
	ck_assert_uint_eq(s.blocks, 1);
	ck_assert(s.is_digest_valid);
	signed_image[0x1000] = 0xe6;
	ck_assert(!ef_image_signature(signed_image, sizeof(signed_image), &info, &s));
}
END_TEST

/* ---- settings of a build ---- */

/* The last line may have no end; lines of 128 bytes and more are none of ours. */
START_TEST(lines_of_a_configuration)
{
	static const char one[] = "CONFIG_ESP_REV_MAX_FULL=199";
	char text[300];
	struct ef_sdkconfig c;

	ef_sdkconfig_read((const uint8_t *)one, sizeof(one) - 1, &c);
	ck_assert_uint_eq(c.max_rev, 199);
	ck_assert(c.has_revs);
	ef_sdkconfig_read((const uint8_t *)"x=1\r\n\r\nCONFIG_ESP_REV_MAX_FULL=1\r\n", 34, &c);
	ck_assert_uint_eq(c.max_rev, 1);
	ck_assert(c.has_revs);
	ef_sdkconfig_read((const uint8_t *)"x=1\n", 4, &c);
	ck_assert(!c.has_revs);
	/* 127 bytes: a number with zeros in front */
	memset(text, '0', sizeof(text));
	memcpy(text, "CONFIG_PARTITION_TABLE_OFFSET=", 30);
	memcpy(text + 30, "0x", 2);
	memcpy(text + 127 - 4, "9000", 4);
	ef_sdkconfig_read((const uint8_t *)text, 127, &c);
	ck_assert_uint_eq(c.table_offset, 0x9000);
	ef_sdkconfig_read((const uint8_t *)text, 128, &c);
	ck_assert_uint_eq(c.table_offset, 0);
}
END_TEST

Suite *suite_boot_edges(void);
Suite *suite_boot_edges(void)
{
	Suite *s = suite_create("boot_edges");
	TCase *t = tcase_create("boot_edges");

	tcase_add_test(t, segment_at_the_end_of_ram);
	tcase_add_test(t, entry_at_the_edges_of_a_segment);
	tcase_add_test(t, blocks_of_a_signature);
	tcase_add_test(t, lines_of_a_configuration);
	suite_add_tcase(s, t);
	return s;
}
