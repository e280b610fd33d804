/* SPDX-License-Identifier: MIT */
/*
 * Recognizes content by its first bytes. Sources of the marks: the formats' own
 * specifications (ELF gABI, RFC 1952 for gzip, PKWARE APPNOTE for ZIP, Intel's
 * "Hexadecimal Object File Format Specification", Microsoft's UF2 page, PNG and
 * PDF), MCUboot's image.h (IMAGE_MAGIC 0x96f3b83d), and for code that starts without a
 * bootloader Espressif's esp32c3-direct-boot-example (0xaedb041d, twice).
 */
#include <espflash/content.h>

#include "image/image_priv.h"

/* How much of a file must be printable for it to be text; and for a JSON or HTML search. */
#define TEXT_LOOK 512u

static const struct {
	enum ef_content kind;
	uint8_t len;
	char mark[9];
} marks[] = {
	{ EF_CONTENT_ELF, 4, "\177ELF" },
	{ EF_CONTENT_DIRECT, 8, "\x1d\x04\xdb\xae\x1d\x04\xdb\xae" },
	{ EF_CONTENT_MCUBOOT, 4, "\x3d\xb8\xf3\x96" },
	{ EF_CONTENT_UF2, 8, "UF2\nWQ]\x9e" },
	{ EF_CONTENT_GZIP, 3, "\x1f\x8b\x08" },
	{ EF_CONTENT_ZIP, 4, "PK\3\4" },
	{ EF_CONTENT_ZIP, 4, "PK\5\6" },
	{ EF_CONTENT_PACKED, 6, "\xfd\x37zXZ" },
	{ EF_CONTENT_PACKED, 4, "BZh9" },
	{ EF_CONTENT_PACKED, 4, "\x28\xb5\x2f\xfd" }, /* zstd, RFC 8878 */
	{ EF_CONTENT_PACKED, 6, "7z\xbc\xaf\x27\x1c" },
	{ EF_CONTENT_PACKED, 6, "Rar!\x1a\x07" },
	{ EF_CONTENT_MEDIA, 8, "\x89PNG\r\n\x1a\n" },
	{ EF_CONTENT_MEDIA, 5, "%PDF-" },
	{ EF_CONTENT_MEDIA, 3, "\xff\xd8\xff" },
	{ EF_CONTENT_PROGRAM, 4, "\xcf\xfa\xed\xfe" }, /* Mach-O, 64 bits */
	{ EF_CONTENT_PROGRAM, 4, "MZ\x90\0" },
};

static const char *const names[EF_CONTENT_COUNT] = {
	[EF_CONTENT_UNKNOWN] = "data of an unknown form",
	[EF_CONTENT_BLANK] = "blank (nothing but 0xff)",
	[EF_CONTENT_IMAGE] = "an ESP image",
	[EF_CONTENT_ESP8266] = "an ESP8266 image",
	[EF_CONTENT_TABLE] = "a partition table",
	[EF_CONTENT_DIRECT] = "a program for direct boot",
	[EF_CONTENT_MCUBOOT] = "an app for MCUboot",
	[EF_CONTENT_ELF] = "an ELF file",
	[EF_CONTENT_IHEX] = "Intel HEX text",
	[EF_CONTENT_SREC] = "Motorola S-record text",
	[EF_CONTENT_UF2] = "a UF2 file",
	[EF_CONTENT_GZIP] = "a gzip file",
	[EF_CONTENT_ZIP] = "a zip archive",
	[EF_CONTENT_PACKED] = "a compressed archive",
	[EF_CONTENT_HTML] = "a web page (HTML)",
	[EF_CONTENT_JSON] = "JSON text",
	[EF_CONTENT_CSV] = "a partition table as text (CSV)",
	[EF_CONTENT_TEXT] = "text",
	[EF_CONTENT_PROGRAM] = "a program for a computer",
	[EF_CONTENT_MEDIA] = "a picture or document",
};

const char *ef_content_name(enum ef_content kind)
{
	return (unsigned)kind < EF_CONTENT_COUNT ? names[kind] : names[EF_CONTENT_UNKNOWN];
}

/* ---- text ---- */

/* Printable ASCII and UTF-8 without control characters; a file of fewer than 4 bytes is data. */
static bool is_text(const uint8_t *data, size_t len)
{
	if (len > TEXT_LOOK)
		len = TEXT_LOOK;
	for (size_t i = 0; i < len; i++)
		if ((data[i] < ' ' && data[i] != '\n' && data[i] != '\r' && data[i] != '\t') ||
		    data[i] == 0x7f || data[i] >= 0xf8)
			return false;
	return len >= 4;
}

/* Return whether a word is among the first bytes, in any case. */
static bool has_word(const uint8_t *data, size_t len, const char *word)
{
	size_t n = strlen(word);

	if (len > TEXT_LOOK)
		len = TEXT_LOOK;
	for (size_t at = 0; at + n <= len; at++) {
		size_t i = 0;

		while (i < n && (data[at + i] | 0x20) == (uint8_t)(word[i] | 0x20))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

static bool is_hex(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr("0123456789abcdefABCDEF", p[i]) || !p[i])
			return false;
	return true;
}

/* Recognize a table as gen_esp32part.py reads it: a row "name, type, subtype, ...". */
static bool is_csv(const uint8_t *data, size_t len)
{
	return has_word(data, len, ", app") || has_word(data, len, ",app") ||
	       has_word(data, len, ",data") || has_word(data, len, ", data");
}

static enum ef_content text_kind(const uint8_t *data, size_t len)
{
	size_t at = 0;

	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < len && strchr(" \t\r\n", data[at]) && data[at])
		at++;
	data += at;
	len -= at;
	if (len >= 11 && data[0] == ':' && is_hex(data + 1, 10))
		return EF_CONTENT_IHEX;
	if (len >= 10 && data[0] == 'S' && data[1] >= '0' && data[1] <= '9' && is_hex(data + 2, 8))
		return EF_CONTENT_SREC;
	if (len && data[0] == '<' && (has_word(data, len, "<html") || has_word(data, len, "<!doc")))
		return EF_CONTENT_HTML;
	if (len > 1 && (data[0] == '{' || data[0] == '['))
		return EF_CONTENT_JSON;
	return is_csv(data, len) ? EF_CONTENT_CSV : EF_CONTENT_TEXT;
}

enum ef_content ef_content_of(const uint8_t *data, size_t len)
{
	if (len == 0)
		return EF_CONTENT_UNKNOWN;
	for (size_t i = 0; i < EF_ARRAY_LEN(marks); i++)
		if (len >= marks[i].len && memcmp(data, marks[i].mark, marks[i].len) == 0)
			return marks[i].kind;
	if (ef_partition_is_binary(data, len))
		return EF_CONTENT_TABLE;
	if (ef_is_esp8266(data, len))
		return EF_CONTENT_ESP8266;
	if (data[0] == EF_IMAGE_MAGIC)
		return EF_CONTENT_IMAGE;
	if (ef_is_blank(data, len))
		return EF_CONTENT_BLANK;
	return is_text(data, len) ? text_kind(data, len) : EF_CONTENT_UNKNOWN;
}

/* ---- images ---- */

/*
 * Find the greeting that ESP-IDF's bootloaders print since v3.0 (bootloader_start.c, "boot" tag).
 */
static bool has_greeting(const uint8_t *image, size_t len)
{
	static const char text[] = "2nd stage bootloader";
	const size_t n = sizeof(text) - 1;

	for (size_t at = 0; at + n <= len; at++) {
		if (at % EF_MIB == 0)
			ef_map_passed(image, at);
		if (image[at] == (uint8_t)text[0] && memcmp(image + at, text, n) == 0)
			return true;
	}
	return false;
}

bool ef_image_is_mapped(const struct ef_image_info *info)
{
	const struct ef_chip *chip = ef_chip_by_image_id(info->chip_id);

	for (unsigned i = 0; chip && i < info->segment_count; i++)
		if (info->segment[i].addr && ef_chip_is_flash_addr(chip, info->segment[i].addr))
			return true;
	return false;
}

enum ef_image_kind ef_image_kind(const uint8_t *image, size_t len, const struct ef_image_info *info)
{
	struct ef_bootloader_desc desc;
	struct ef_app_desc app;

	if (ef_image_is_mapped(info))
		return EF_IMAGE_APP;
	if (info->len && info->len < len)
		len = info->len;
	if (ef_image_bootloader_desc(image, len, &desc) || has_greeting(image, len))
		return EF_IMAGE_BOOTLOADER;
	return ef_image_app_desc(image, len, &app) ? EF_IMAGE_APP : EF_IMAGE_RAM;
}
