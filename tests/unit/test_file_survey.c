/* SPDX-License-Identifier: MIT */
/* What kind of file it is, bootloader descriptors, signature sectors. */
#include "base/bytes.h"
#include "base/hash.h"
#include "base/util.h"
#include "ck_ef.h"
#include <espflash/image.h>

#define BOOTLOADER EF_CORPUS_DIR "/bootloader/idf-esp32.bin"
#define TABLE      EF_CORPUS_DIR "/partitions/partitions-4MB.bin"
#define FLASH_LEN  0x20000u

/* false: there is no corpus here. */
static bool load(const char *path, struct ef_buf *buf)
{
	struct ef_err err = EF_ERR_INIT;

	if (!ef_file_exists(path)) {
		printf("skipped: no %s\n", path);
		return false;
	}
	ck_ok(ef_file_read(path, buf, &err), &err);
	return true;
}

/* What esptool 5.3.1 image-info prints of this file under "Bootloader Information". */
START_TEST(bootloader_of_idf)
{
	struct ef_buf file = EF_BUF_INIT(EF_MIB);
	struct ef_bootloader_desc d;

	if (!load(BOOTLOADER, &file))
		return;
	ck_assert(ef_image_bootloader_desc(file.data, file.len, &d));
	ck_assert_uint_eq(d.version, 1);
	ck_assert_str_eq(d.idf_version, "v5.2-dev-254-g1950b15");
	ck_assert_str_eq(d.date_time, "Apr 25 2023 00:13:32");
	ck_assert_uint_eq(d.secure_version, 0);
	/* cut in the descriptor, and a first segment that is shorter than one */
	ck_assert(!ef_image_bootloader_desc(file.data, 32 + 79, &d));
	ef_put_le32(file.data + 28, 79);
	ck_assert(!ef_image_bootloader_desc(file.data, file.len, &d));
	ef_buf_release(&file);
}
END_TEST

/* Magic, secure version 7, version 0x01020304, texts; then one byte at a time made wrong. */
START_TEST(descriptor_by_hand)
{
	uint8_t data[EF_BOOTLOADER_DESC_SIZE] = { 0x50, 0, 0, 7, 4, 3, 2, 1, 'v', '6' };
	struct ef_bootloader_desc d;

	memcpy(data + 40, "Jan  1 2026 12:00:00", 20);
	ck_assert(ef_bootloader_desc_parse(data, sizeof(data), &d));
	ck_assert_uint_eq(d.secure_version, 7);
	ck_assert_uint_eq(d.version, 0x01020304);
	ck_assert_str_eq(d.idf_version, "v6");
	ck_assert_str_eq(d.date_time, "Jan  1 2026 12:00:00");
	ck_assert(!ef_bootloader_desc_parse(data, sizeof(data) - 1, &d));
	data[0] = 0x51;
	ck_assert(!ef_bootloader_desc_parse(data, sizeof(data), &d));
	data[0] = 0x50;
	data[63] = 1; /* the last byte of the date */
	ck_assert(!ef_bootloader_desc_parse(data, sizeof(data), &d));
	data[63] = 0;
	data[9] = 0x1b; /* no text */
	ck_assert(!ef_bootloader_desc_parse(data, sizeof(data), &d));
	data[9] = 0;
	data[12] = 'x'; /* more behind the end */
	ck_assert(!ef_bootloader_desc_parse(data, sizeof(data), &d));
	data[12] = data[8] = 0; /* nothing at all */
	ck_assert(!ef_bootloader_desc_parse(data, sizeof(data), &d));
}
END_TEST

/*
 * A signed image: 80 bytes of image, FF up to the sector, two blocks (sizes and
 * places: ESP-IDF's ets_secure_boot_sig_block_t).
 */
static void sign(uint8_t *file, unsigned blocks)
{
	memset(file + 80, 0xff, 8192 - 80);
	for (unsigned i = 0; i < blocks; i++) {
		uint8_t *b = file + 4096 + i * 1216;

		memset(b, 0x33, 1216);
		b[0] = 0xe7;
		b[1] = 2;
		ef_sha256(file, 4096, b + 4);
		ef_put_le32(b + 1196, ef_crc32(b, 1196));
	}
}

START_TEST(signature)
{
	static uint8_t file[8192];
	struct ef_image_info info = { .len = 80 };
	struct ef_image_signature s;

	sign(file, 2);
	ck_assert(ef_image_signature(file, sizeof(file), &info, &s));
	ck_assert_uint_eq(s.off, 4096);
	ck_assert_uint_eq(s.blocks, 2);
	ck_assert_uint_eq(s.version, 2);
	ck_assert(s.is_digest_valid);
	ck_assert(!ef_image_signature(file, 4096 + 1215, &info, &s));
	file[3] ^= 1;
	ck_assert(ef_image_signature(file, sizeof(file), &info, &s));
	ck_assert(!s.is_digest_valid);
	file[4096 + 600] ^= 1; /* the CRC sees it */
	ck_assert(!ef_image_signature(file, sizeof(file), &info, &s));
	/* three blocks fit the sector; the file may end behind any of them */
	sign(file, 3);
	ck_assert(ef_image_signature(file, 4096 + 3 * 1216, &info, &s));
	ck_assert_uint_eq(s.blocks, 3);
	ck_assert(ef_image_signature(file, 4096 + 3 * 1216 - 1, &info, &s));
	ck_assert_uint_eq(s.blocks, 2);
	sign(file, 0);
	ck_assert(!ef_image_signature(file, sizeof(file), &info, &s));
	info.len = UINT32_MAX;
	ck_assert(!ef_image_signature(file, sizeof(file), &info, &s));
}
END_TEST

/* Bootloader and table of the corpus, put where they were found or elsewhere. */
static const struct {
	uint32_t boot, table; /* UINT32_MAX: none */
	enum ef_file_kind kind;
	bool has_bootloader;
} flashes[] = {
	{ 0x1000, 0x8000, EF_FILE_MERGED, true },
	{ 0x1000, 0xc000, EF_FILE_MERGED, true },
	{ 0x1000, UINT32_MAX, EF_FILE_MERGED, true },
	{ UINT32_MAX, 0x8000, EF_FILE_MERGED, false },
	{ UINT32_MAX, 0x0, EF_FILE_TABLE, false },
	{ 0, UINT32_MAX, EF_FILE_IMAGE, false },
	{ 0x2000, UINT32_MAX, EF_FILE_UNKNOWN, false }, /* no ESP32 boots from there */
	{ UINT32_MAX, UINT32_MAX, EF_FILE_UNKNOWN, false },
};

START_TEST(kinds)
{
	struct ef_buf boot = EF_BUF_INIT(EF_MIB), table = EF_BUF_INIT(EF_MIB);
	static struct ef_file_layout layout;
	uint8_t *flash = malloc(FLASH_LEN);

	ck_assert_ptr_nonnull(flash);
	if (!load(BOOTLOADER, &boot) || !load(TABLE, &table))
		goto out;
	memset(flash, 0xff, FLASH_LEN);
	if (flashes[_i].boot != UINT32_MAX)
		memcpy(flash + flashes[_i].boot, boot.data, boot.len);
	if (flashes[_i].table != UINT32_MAX)
		memcpy(flash + flashes[_i].table, table.data, table.len);
	ef_file_survey(flash, FLASH_LEN, &layout);
	ck_assert_int_eq(layout.kind, flashes[_i].kind);
	ck_assert_int_eq(layout.has_bootloader, flashes[_i].has_bootloader);
	if (flashes[_i].kind != EF_FILE_MERGED)
		goto out;
	ck_assert_int_eq(layout.has_table, flashes[_i].table != UINT32_MAX);
	if (layout.has_bootloader)
		ck_assert_uint_eq(layout.bootloader_off, flashes[_i].boot);
	if (!layout.has_table)
		goto out;
	ck_assert_uint_eq(layout.table_off, flashes[_i].table);
	ck_assert(layout.is_table_valid);
	ck_assert_uint_eq(layout.table.count, 6);
	/* a table with a wrong MD5 counts only at the usual place */
	flash[flashes[_i].table + 4] ^= 1;
	ef_file_survey(flash, FLASH_LEN, &layout);
	ck_assert_int_eq(layout.has_table, flashes[_i].table == 0x8000);
	ck_assert(!layout.is_table_valid);
out:
	free(flash);
	ef_buf_release(&boot);
	ef_buf_release(&table);
}
END_TEST

/*
 * Damaged tables at two sectors, and a good one behind them: the good one counts, and neither of
 * the errors before it. Without it the file has no table.
 */
START_TEST(good_table_behind_damaged_ones)
{
	static const char csv[] = "nvs,data,nvs,0x9000,0x6000\nfactory,app,factory,0x10000,1M\n";
	static uint8_t file[0x4000];
	struct ef_partition_table t;
	struct ef_file_layout l;
	struct ef_err err = EF_ERR_INIT;

	memset(file, 0xff, sizeof(file));
	ck_ok(ef_partition_parse((const uint8_t *)csv, sizeof(csv) - 1,
				 &(struct ef_partition_opts){ 0 }, &t, &err),
	      &err);
	for (unsigned i = 1; i < 4; i++) {
		ck_ok(ef_partition_to_binary(&t, file + 0x1000 * i, &err), &err);
		if (i < 3)
			file[0x1000 * i + 5] ^= 1; /* its MD5 is wrong then */
	}
	ef_file_survey(file, sizeof(file), &l);
	ck_assert(l.has_table && l.is_table_valid);
	ck_assert_uint_eq(l.table_off, 0x3000);
	ck_assert_int_eq(l.table_err.code, EF_OK);
	ef_file_survey(file, 0x3000, &l);
	ck_assert(!l.has_table && !l.is_table_valid);
}
END_TEST

/* A flash id encodes 256 MiB at most (JEDEC: 2 to the power of a byte), so no table is beyond. */
START_TEST(table_beyond_any_flash)
{
	static const char csv[] = "app,app,factory,0x10000,1M\n";
	const size_t limit = (size_t)256 << 20;
	static struct ef_partition_table t;
	static struct ef_file_layout l;
	uint8_t *file = calloc(limit + 0x1000, 1); /* nobody touches most of it */
	struct ef_err err = EF_ERR_INIT;

	ck_assert_ptr_nonnull(file);
	ck_ok(ef_partition_parse((const uint8_t *)csv, sizeof(csv) - 1,
				 &(struct ef_partition_opts){ 0 }, &t, &err),
	      &err);
	ck_ok(ef_partition_to_binary(&t, file + limit, &err), &err);
	ef_file_survey(file, limit + 0x1000, &l);
	ck_assert(!l.has_table);
	memcpy(file + limit - 0x1000, file + limit, 0x1000);
	ef_file_survey(file, limit + 0x1000, &l);
	ck_assert(l.has_table && l.is_table_valid);
	ck_assert_uint_eq(l.table_off, limit - 0x1000);
	free(file);
}
END_TEST

/* A header that the end of the file cuts is not a bootloader. */
START_TEST(cut_header)
{
	static uint8_t flash[0x1000 + 24];
	static struct ef_file_layout layout;

	memset(flash, 0xff, sizeof(flash));
	memset(flash + 0x1000, 0, 24); /* chip id 0: an ESP32's, whose bootloader is here */
	flash[0x1000] = 0xe9;
	ef_file_survey(flash, sizeof(flash), &layout);
	ck_assert(layout.has_bootloader);
	ck_assert_uint_eq(layout.bootloader_off, 0x1000);
	ef_file_survey(flash, sizeof(flash) - 1, &layout);
	ck_assert(!layout.has_bootloader);
}
END_TEST

/* esptool bin_image.py: 8 bytes of header, and the first segment follows. */
START_TEST(esp8266)
{
	uint8_t v1[64] = { 0xe9, 1, 0, 0x40, 0x10, 0, 0x10, 0x40, 0, 0, 0x10, 0x40, 16 };
	static struct ef_file_layout layout;

	ef_file_survey(v1, sizeof(v1), &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_ESP8266);
	/* the file may end with its one segment, but not within it */
	ef_file_survey(v1, 32, &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_ESP8266);
	ef_file_survey(v1, 31, &layout);
	ck_assert_int_ne(layout.kind, EF_FILE_ESP8266);
	v1[0] = 0xea;
	v1[1] = 4;
	ef_file_survey(v1, sizeof(v1), &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_ESP8266);
	v1[0] = 0x12; /* neither magic */
	v1[1] = 1;
	ef_file_survey(v1, sizeof(v1), &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_UNKNOWN);
	v1[0] = 0xe9;
	v1[12] = 60; /* its segment passes the end */
	ef_file_survey(v1, sizeof(v1), &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_IMAGE);
	ef_file_survey(v1, 0, &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_UNKNOWN);
	ef_file_survey(v1, 1, &layout);
	ck_assert_int_eq(layout.kind, EF_FILE_IMAGE);
}
END_TEST

/* esptool targets/esp8266.py: IRAM is 0x40100000 to 0x40108000, and code starts there. */
START_TEST(esp8266_starts_in_its_iram)
{
	static const struct {
		uint8_t entry[4];
		bool is_one;
	} entries[] = { { { 0xff, 0xff, 0x0f, 0x40 }, false },
			{ { 0x00, 0x00, 0x10, 0x40 }, true },
			{ { 0xff, 0x7f, 0x10, 0x40 }, true },
			{ { 0x00, 0x80, 0x10, 0x40 }, false } };
	uint8_t image[64] = { 0xea, 4, 0, 0x40 };
	static struct ef_file_layout layout;

	memcpy(image + 4, entries[_i].entry, 4);
	ef_file_survey(image, sizeof(image), &layout);
	ck_assert_int_eq(layout.kind == EF_FILE_ESP8266, entries[_i].is_one);
}
END_TEST

Suite *suite_file_survey(void);

Suite *suite_file_survey(void)
{
	Suite *s = suite_create("file_survey");
	TCase *tc = tcase_create("file_survey");

	tcase_add_test(tc, bootloader_of_idf);
	tcase_add_test(tc, descriptor_by_hand);
	tcase_add_test(tc, signature);
	tcase_add_loop_test(tc, kinds, 0, (int)EF_ARRAY_LEN(flashes));
	tcase_add_test(tc, good_table_behind_damaged_ones);
	tcase_add_test(tc, table_beyond_any_flash);
	tcase_add_test(tc, cut_header);
	tcase_add_test(tc, esp8266);
	tcase_add_loop_test(tc, esp8266_starts_in_its_iram, 0, 4);
	suite_add_tcase(s, tc);
	return s;
}
