/* SPDX-License-Identifier: MIT */
/* Shared by the files of this folder only. */
#ifndef EF_IMAGE_PRIV_H
#define EF_IMAGE_PRIV_H

#include "base/util.h"
#include <espflash/image.h>

/* ---- image file format: constants of ESP-IDF's esp_app_format.h ---- */

#define EF_IMAGE_MAGIC        0xe9u
#define EF_IMAGE_HEADER_LEN   24u
#define EF_SEGMENT_HEADER_LEN 8u
#define EF_CHECKSUM_SEED      0xefu
#define EF_WP_PIN_NONE        0xeeu
/* esp_image_format.c refuses a segment of this length or more. */
#define EF_SEGMENT_LEN_LIMIT (16u * EF_MIB)

/* Offsets in the header. */
enum {
	EF_HDR_COUNT = 1,
	EF_HDR_MODE = 2,
	EF_HDR_SIZE_FREQ = 3,
	EF_HDR_ENTRY = 4,
	EF_HDR_WP_PIN = 8,
	EF_HDR_DRIVE = 9,
	EF_HDR_CHIP_ID = 12,
	EF_HDR_MIN_REV_LEGACY = 14,
	EF_HDR_MIN_REV = 15,
	EF_HDR_MAX_REV = 17,
	EF_HDR_RESERVED = 19,
	EF_HDR_DIGEST = 23,
};

/* Offsets in the app descriptor (esp_app_desc_t). */
#define EF_APP_DESC_MAGIC      0xabcd5432u
#define EF_APP_DESC_ELF_SHA256 144u
#define EF_APP_DESC_MMU_PAGE   180u

#define EF_SECTION_APP_DESC    ".flash.appdesc"
#define EF_SECTION_RODATA_DESC ".rodata_desc" /* esp-hal's */
#define EF_SECTION_METADATA    ".espressif.metadata"

/* Return whether data begins with the headers of an ESP8266 image. */
bool ef_is_esp8266(const uint8_t *data, size_t len);

/* XOR of seed and len bytes. */
uint8_t ef_image_checksum(const uint8_t *data, size_t len, uint8_t seed);

/*
 * Set bytes 2 and 3 of a header: mode (unchanged if KEEP), size and frequency codes.
 * Error: USAGE if the chip lacks the frequency, or the size has no code.
 */
bool ef_settings_apply(const struct ef_flash_settings *settings, const struct ef_chip *chip,
		       uint8_t header[EF_IMAGE_HEADER_LEN], struct ef_err *err) EF_MUST_CHECK;

/*
 * Return the header that an app image inherits if there is no bootloader; NULL if none is known for
 * this chip. If espflash has two bootloaders for a chip, the revision (major * 100 + minor) selects
 * one.
 */
const uint8_t *ef_inherited_header(uint16_t chip_id, uint16_t revision);

/* ---- what an ELF is ---- */

/* Zephyr's loaders need no descriptor. */
bool ef_elf_is_zephyr(const struct ef_elf *elf);
/*
 * Return the section for an app descriptor by its name, else by its content; NULL if there is none.
 */
const struct ef_elf_section *ef_elf_app_desc(const struct ef_elf *elf);
/* Return whether the section begins with a descriptor. */
bool ef_section_is_app_desc(const struct ef_elf_section *section);

/* ---- sections to pieces, pieces to segments ---- */

/* A run of adjacent sections. Zeros fill the gaps of at most 3 bytes. */
struct ef_piece {
	uint32_t addr;
	uint32_t len;        /* padded to a multiple of 4 with zeros */
	size_t first, count; /* into ef_pieces.section */
};

struct ef_pieces {
	const struct ef_elf_section **section; /* sorted by address; owned */
	struct ef_piece *piece;                /* by address; owned */
	size_t section_count, count;
};

/* Merge the loadable sections of one kind (flash-mapped or not). INPUT if two overlap. */
bool ef_pieces_collect(const struct ef_elf *elf, const struct ef_chip *chip, bool is_flash,
		       struct ef_pieces *ret, struct ef_err *err) EF_MUST_CHECK;
void ef_pieces_release(struct ef_pieces *pieces);
/* Copy [off, off + len) of a piece; the range must lie in it. */
void ef_piece_copy(const struct ef_pieces *pieces, const struct ef_piece *piece, uint32_t off,
		   uint32_t len, uint8_t *dst);
/* Return whether this section goes into an image. */
bool ef_section_is_loadable(const struct ef_elf_section *section);

struct ef_plan_segment {
	uint32_t addr, len;           /* as in the segment header */
	uint32_t file_off;            /* offset of the segment header */
	const struct ef_pieces *from; /* NULL: zeros */
	const struct ef_piece *piece;
	uint32_t off, data_len; /* part of the piece; zeros fill up to len */
};

struct ef_plan {
	struct ef_plan_segment segment[EF_IMAGE_SEGMENTS_MAX];
	size_t count;
	uint32_t len; /* bytes of the file before the padding of the checksum */
};

/* Order, split and align. Flash pieces keep their order. INPUT if the result couldn't boot. */
bool ef_plan_make(const struct ef_pieces *flash, const struct ef_pieces *ram, uint32_t page,
		  struct ef_plan *ret, struct ef_err *err) EF_MUST_CHECK;

#endif
