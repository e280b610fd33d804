/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Recognizes content by its bytes: an ESP image, a partition table, an ELF, a web page. Pure
 * functions; nothing here does I/O.
 */
#ifndef ESPFLASH_CONTENT_H
#define ESPFLASH_CONTENT_H

#include <espflash/image.h>

EF_API_BEGIN

enum ef_content {
	EF_CONTENT_UNKNOWN, /**< no known form; may be data or ciphertext */
	EF_CONTENT_BLANK,   /**< nothing but FF: flash that is erased */
	EF_CONTENT_IMAGE,   /**< begins as an ESP image does */
	EF_CONTENT_ESP8266,
	EF_CONTENT_TABLE,  /**< a binary partition table */
	EF_CONTENT_DIRECT, /**< code that the ROM runs from flash without a bootloader */
	EF_CONTENT_MCUBOOT,
	EF_CONTENT_ELF,
	EF_CONTENT_IHEX,
	EF_CONTENT_SREC,
	EF_CONTENT_UF2,
	EF_CONTENT_GZIP,
	EF_CONTENT_ZIP,
	EF_CONTENT_PACKED, /**< another archive or compressed file */
	EF_CONTENT_HTML,
	EF_CONTENT_JSON,
	EF_CONTENT_CSV, /**< a partition table as text */
	EF_CONTENT_TEXT,
	EF_CONTENT_PROGRAM, /**< a program for a computer */
	EF_CONTENT_MEDIA,   /**< a picture or document */
	EF_CONTENT_COUNT
};

/** Recognize the content that begins at data. */
enum ef_content ef_content_of(const uint8_t *data, size_t len);
/** "a web page (HTML)", "an ELF file". Static text, never NULL. */
const char *ef_content_name(enum ef_content kind);

/** What an image is for. */
enum ef_image_kind {
	EF_IMAGE_RAM,        /**< lies wholly in RAM: the ROM can start it */
	EF_IMAGE_BOOTLOADER, /**< the same, and identifies itself as a second-stage bootloader */
	EF_IMAGE_APP,        /**< has parts that are mapped from flash, or an app descriptor */
};
/** Return whether a segment is mapped from flash, which takes a bootloader. */
bool ef_image_is_mapped(const struct ef_image_info *info);
/** Return the kind of an image that ef_image_parse has read. */
enum ef_image_kind ef_image_kind(const uint8_t *image, size_t len,
				 const struct ef_image_info *info);

EF_API_END
#endif
