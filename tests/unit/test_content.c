/* SPDX-License-Identifier: MIT */
/*
 * What bytes are recognized as. The marks come from the formats' specifications (see content.c),
 * the forms of text from Intel's and Motorola's, and from ESP-IDF's partition tables.
 */
#include <espflash/content.h>

#include "base/util.h"
#include "ck_ef.h"

#define TEXT(s) s, sizeof(s) - 1

static const struct {
	const char *data;
	size_t len;
	enum ef_content kind;
} cases[] = {
	/* each mark, and the same without its last byte */
	{ TEXT("\177ELF"), EF_CONTENT_ELF },
	{ TEXT("\177EL"), EF_CONTENT_UNKNOWN },
	{ TEXT("\x1d\x04\xdb\xae\x1d\x04\xdb\xae"), EF_CONTENT_DIRECT },
	{ TEXT("\x1d\x04\xdb\xae\x1d\x04\xdb"), EF_CONTENT_UNKNOWN },
	{ TEXT("\x3d\xb8\xf3\x96"), EF_CONTENT_MCUBOOT },
	{ TEXT("\x3d\xb8\xf3"), EF_CONTENT_UNKNOWN },
	{ TEXT("UF2\nWQ]\x9e"), EF_CONTENT_UF2 },
	{ TEXT("UF2\nWQ]"), EF_CONTENT_TEXT },
	{ TEXT("\x1f\x8b\x08"), EF_CONTENT_GZIP },
	{ TEXT("\x1f\x8b"), EF_CONTENT_UNKNOWN },
	{ TEXT("PK\3\4"), EF_CONTENT_ZIP },
	{ TEXT("PK\5\6"), EF_CONTENT_ZIP },
	{ TEXT("PK\3"), EF_CONTENT_UNKNOWN },
	{ TEXT("PK\5\5"), EF_CONTENT_UNKNOWN },
	{ TEXT("\xfd"
	       "7zXZ\0"),
	  EF_CONTENT_PACKED },
	{ TEXT("\xfd"
	       "7zXZ"),
	  EF_CONTENT_UNKNOWN },
	{ TEXT("BZh9"), EF_CONTENT_PACKED },
	{ TEXT("BZh8"), EF_CONTENT_TEXT },
	{ TEXT("\x28\xb5\x2f\xfd"), EF_CONTENT_PACKED },
	{ TEXT("\x28\xb5\x2f"), EF_CONTENT_UNKNOWN },
	{ TEXT("7z\xbc\xaf\x27\x1c"), EF_CONTENT_PACKED },
	{ TEXT("7z\xbc\xaf\x27"), EF_CONTENT_TEXT },
	{ TEXT("Rar!\x1a\x07"), EF_CONTENT_PACKED },
	{ TEXT("Rar!\x1a"), EF_CONTENT_UNKNOWN },
	{ TEXT("\x89PNG\r\n\x1a\n"), EF_CONTENT_MEDIA },
	{ TEXT("\x89PNG\r\n\x1a"), EF_CONTENT_UNKNOWN },
	{ TEXT("%PDF-"), EF_CONTENT_MEDIA },
	{ TEXT("%PDF"), EF_CONTENT_TEXT },
	{ TEXT("\xff\xd8\xff"), EF_CONTENT_MEDIA },
	{ TEXT("\xff\xd8"), EF_CONTENT_UNKNOWN },
	{ TEXT("\xcf\xfa\xed\xfe"), EF_CONTENT_PROGRAM },
	{ TEXT("\xcf\xfa\xed"), EF_CONTENT_UNKNOWN },
	{ TEXT("MZ\x90\0"), EF_CONTENT_PROGRAM },
	{ TEXT("MZ\x90"), EF_CONTENT_UNKNOWN },
	/* what flash holds */
	{ TEXT(""), EF_CONTENT_UNKNOWN },
	{ TEXT("\xff"), EF_CONTENT_BLANK },
	{ TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff"), EF_CONTENT_BLANK },
	{ TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xfe"), EF_CONTENT_UNKNOWN },
	{ TEXT("\xaa\x50"), EF_CONTENT_TABLE },
	{ TEXT("\xaa"), EF_CONTENT_UNKNOWN },
	{ TEXT("\xe9"), EF_CONTENT_IMAGE },
	{ TEXT("\xea\x04\x02\x10\x10\x00\x10\x40"), EF_CONTENT_ESP8266 },
	{ TEXT("\xe9\x01\x02\x10\x10\x00\x10\x40"
	       "\0\0\x10\x40\4\0\0\0"
	       "abcd"),
	  EF_CONTENT_ESP8266 },
	/* text: printable, with tabs and line ends, four bytes at least */
	{ TEXT("abc"), EF_CONTENT_UNKNOWN },
	{ TEXT("abcd"), EF_CONTENT_TEXT },
	{ TEXT("\t\r\n ~!"), EF_CONTENT_TEXT },
	{ TEXT("abc\x1f"
	       "d"),
	  EF_CONTENT_UNKNOWN },
	{ TEXT("abc\x0b"
	       "d"),
	  EF_CONTENT_UNKNOWN },
	{ TEXT("abc\x0c"
	       "d"),
	  EF_CONTENT_UNKNOWN },
	{ TEXT("abc\x08"
	       "d"),
	  EF_CONTENT_UNKNOWN },
	{ TEXT("abc\x0e"
	       "d"),
	  EF_CONTENT_UNKNOWN },
	{ TEXT("abc\0d"), EF_CONTENT_UNKNOWN },
	{ TEXT("abc\x7e"), EF_CONTENT_TEXT },
	{ TEXT("abc\x7f"), EF_CONTENT_UNKNOWN },
	{ TEXT("abc\x80\xf7"), EF_CONTENT_TEXT },
	{ TEXT("abc\xf8"), EF_CONTENT_UNKNOWN },
	{ TEXT("    "), EF_CONTENT_TEXT },
	/* Intel HEX: a colon and ten digits at least */
	{ TEXT(":0000000000"), EF_CONTENT_IHEX },
	{ TEXT(" \t\r\n:00000001FF"), EF_CONTENT_IHEX },
	{ TEXT("\xef\xbb\xbf:00000001ff\n"), EF_CONTENT_IHEX },
	{ TEXT(":000000000"), EF_CONTENT_TEXT },
	{ TEXT(":000000000g"), EF_CONTENT_TEXT },
	{ TEXT(":g000000000"), EF_CONTENT_TEXT },
	{ TEXT(";0000000000"), EF_CONTENT_TEXT },
	/* S-records: S, a digit, eight digits at least */
	{ TEXT("S000000000"), EF_CONTENT_SREC },
	{ TEXT("S9deadBEEF"), EF_CONTENT_SREC },
	{ TEXT("S00000000"), EF_CONTENT_TEXT },
	{ TEXT("S/00000000"), EF_CONTENT_TEXT },
	{ TEXT("S:00000000"), EF_CONTENT_TEXT },
	{ TEXT("S1x0000000"), EF_CONTENT_TEXT },
	{ TEXT("S10000000x"), EF_CONTENT_TEXT },
	{ TEXT("T000000000"), EF_CONTENT_TEXT },
	/* pages and data */
	{ TEXT("<html>"), EF_CONTENT_HTML },
	{ TEXT("\n<!DOCTYPE html>"), EF_CONTENT_HTML },
	{ TEXT("<?xml?><HTML>"), EF_CONTENT_HTML },
	{ TEXT("<xml></xml>"), EF_CONTENT_TEXT },
	{ TEXT("a <html>"), EF_CONTENT_TEXT },
	{ TEXT("<htm"), EF_CONTENT_TEXT },
	{ TEXT("  {}"), EF_CONTENT_JSON },
	{ TEXT("[1,2]"), EF_CONTENT_JSON },
	{ TEXT("   {"), EF_CONTENT_TEXT },
	{ TEXT("a{} "), EF_CONTENT_TEXT },
	/* partition tables */
	{ TEXT("nvs,data,nvs"), EF_CONTENT_CSV },
	{ TEXT("nvs, data"), EF_CONTENT_CSV },
	{ TEXT("a,app"), EF_CONTENT_CSV },
	{ TEXT("a, APP"), EF_CONTENT_CSV },
	{ TEXT("a;app"), EF_CONTENT_TEXT },
	{ TEXT("a,ap"), EF_CONTENT_TEXT },
	{ TEXT("a,b,c"), EF_CONTENT_TEXT },
	{ TEXT("app, "), EF_CONTENT_TEXT },
};

START_TEST(content_is_recognized)
{
	enum ef_content kind = ef_content_of((const uint8_t *)cases[_i].data, cases[_i].len);

	ck_assert_msg(kind == cases[_i].kind, "'%s': %s", cases[_i].data, ef_content_name(kind));
}
END_TEST

/* 512 bytes are looked at. */
START_TEST(the_beginning_decides)
{
	char text[600];

	memset(text, 'a', sizeof(text));
	text[511] = 1;
	ck_assert_int_eq(ef_content_of((uint8_t *)text, sizeof(text)), EF_CONTENT_UNKNOWN);
	text[511] = 'a';
	text[512] = 1;
	ck_assert_int_eq(ef_content_of((uint8_t *)text, sizeof(text)), EF_CONTENT_TEXT);
	text[512] = 'a';
	memcpy(text + 508, ",app", 4);
	ck_assert_int_eq(ef_content_of((uint8_t *)text, sizeof(text)), EF_CONTENT_CSV);
	memcpy(text + 508, "a,app", 5);
	ck_assert_int_eq(ef_content_of((uint8_t *)text, sizeof(text)), EF_CONTENT_TEXT);
	text[512] = 'a';
	memcpy(text, ",app", 4);
	ck_assert_int_eq(ef_content_of((uint8_t *)text, sizeof(text)), EF_CONTENT_CSV);
}
END_TEST

static const char *const names[] = {
	"data of an unknown form",
	"blank (nothing but 0xff)",
	"an ESP image",
	"an ESP8266 image",
	"a partition table",
	"a program for direct boot",
	"an app for MCUboot",
	"an ELF file",
	"Intel HEX text",
	"Motorola S-record text",
	"a UF2 file",
	"a gzip file",
	"a zip archive",
	"a compressed archive",
	"a web page (HTML)",
	"JSON text",
	"a partition table as text (CSV)",
	"text",
	"a program for a computer",
	"a picture or document",
	"data of an unknown form",
};

START_TEST(names_of_content)
{
	for (unsigned i = 0; i < EF_ARRAY_LEN(names); i++)
		ck_assert_str_eq(ef_content_name((enum ef_content)i), names[i]);
	ck_assert_str_eq(ef_content_name((enum ef_content) - 1), names[0]);
}
END_TEST

/* ---- images ---- */

#define GREETING "2nd stage bootloader"

/* An image with one segment of an ESP32: 24 bytes of header, 8 of the segment's, then data. */
static uint8_t image[400];

static struct ef_image_info made(uint32_t addr, uint32_t image_len)
{
	struct ef_image_info info = { .segment_count = 1, .len = image_len };

	memset(image, 0, sizeof(image));
	image[0] = 0xe9;
	ef_put_le32(image + 28, 300);
	info.segment[0].addr = addr;
	info.segment[0].len = 300;
	return info;
}

#define IRAM 0x40080000u
#define DROM 0x3f400020u

static const struct {
	uint32_t addr, image_len;
	size_t greeting_at, len; /* greeting_at 0: none */
	bool has_app_desc;
	enum ef_image_kind kind;
} kinds[] = {
	{ IRAM, 400, 0, 400, false, EF_IMAGE_RAM },
	{ IRAM, 400, 0, 400, true, EF_IMAGE_APP },
	{ DROM, 400, 0, 400, false, EF_IMAGE_APP },
	{ DROM, 400, 100, 400, false, EF_IMAGE_APP }, /* code in flash outweighs words */
	{ 0, 400, 0, 400, false, EF_IMAGE_RAM },      /* padding is nowhere */
	{ IRAM, 400, 100, 400, false, EF_IMAGE_BOOTLOADER },
	{ IRAM, 400, 100, 400, true, EF_IMAGE_BOOTLOADER },
	{ IRAM, 120, 100, 400, false, EF_IMAGE_BOOTLOADER }, /* just inside of the image */
	{ IRAM, 119, 100, 400, false, EF_IMAGE_RAM },        /* not all of it */
	{ IRAM, 0, 100, 400, false, EF_IMAGE_BOOTLOADER },   /* the length is not known */
	{ IRAM, 500, 100, 120, false, EF_IMAGE_BOOTLOADER }, /* the data are cut off */
	{ IRAM, 500, 100, 119, false, EF_IMAGE_RAM },
	{ IRAM, 0, 380, 400, false, EF_IMAGE_BOOTLOADER },
};

START_TEST(kinds_of_images)
{
	struct ef_image_info info = made(kinds[_i].addr, kinds[_i].image_len);

	if (kinds[_i].greeting_at)
		memcpy(image + kinds[_i].greeting_at, GREETING, sizeof(GREETING) - 1);
	if (kinds[_i].has_app_desc)
		ef_put_le32(image + 32, 0xabcd5432);
	ck_assert_int_eq(ef_image_kind(image, kinds[_i].len, &info), kinds[_i].kind);
	ck_assert_int_eq(ef_image_is_mapped(&info), kinds[_i].addr == DROM);
}
END_TEST

/* Each segment counts, and those of an unknown chip don't. */
START_TEST(mapped_segments)
{
	struct ef_image_info info = { .segment_count = 2 };

	info.segment[0].addr = IRAM;
	info.segment[1].addr = DROM;
	ck_assert(ef_image_is_mapped(&info));
	info.segment_count = 1;
	ck_assert(!ef_image_is_mapped(&info));
	info.segment_count = 2;
	info.chip_id = 0x7777;
	ck_assert(!ef_image_is_mapped(&info));
}
END_TEST

Suite *suite_content(void);
Suite *suite_content(void)
{
	Suite *s = suite_create("content");
	TCase *t = tcase_create("content");

	tcase_add_loop_test(t, content_is_recognized, 0, (int)EF_ARRAY_LEN(cases));
	tcase_add_test(t, the_beginning_decides);
	tcase_add_test(t, names_of_content);
	tcase_add_loop_test(t, kinds_of_images, 0, (int)EF_ARRAY_LEN(kinds));
	tcase_add_test(t, mapped_segments);
	suite_add_tcase(s, t);
	return s;
}
