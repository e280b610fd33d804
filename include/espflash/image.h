/* SPDX-License-Identifier: MIT */
/**
 * @file
 * ESP firmware images: read an ELF, build an app image, parse and check an
 * image, patch a bootloader, lay out a merged file. Nothing here does I/O: callers
 * pass bytes and get bytes.
 */
#ifndef ESPFLASH_IMAGE_H
#define ESPFLASH_IMAGE_H

#include <espflash/chip.h>
#include <espflash/partition.h>
#include <espflash/region.h>

EF_API_BEGIN

/* ---- ELF ---- */

struct ef_elf_section {
	const char *name; /**< borrowed from the file; "" if unnamed */
	uint32_t type, flags, addr, size;
	const uint8_t *data; /**< NULL for NOBITS */
};

/**
 * A bounded view of a 32-bit little-endian executable. It borrows the bytes that it
 * was opened with; they must outlive it.
 */
struct ef_elf {
	const uint8_t *file;
	size_t file_len;
	uint16_t machine; /**< EF_EM_XTENSA or EF_EM_RISCV */
	uint32_t entry;
	struct ef_elf_section *sections; /**< owned */
	size_t section_count;
	/** Values from section .espressif.metadata; "" if absent. */
	char chip_name[32];       /**< build_info.CHIP_NAME */
	char log_format[32];      /**< espflash.LOG_FORMAT */
	uint16_t min_revision;    /**< build_info.MIN_CHIP_REVISION; 0 if absent */
	bool has_app_desc_symbol; /**< there is a symbol named esp_app_desc */
	/** The symbol table, for ef_elf_symbol(). */
	const uint8_t *symbols;
	size_t symbol_count; /**< 0: stripped */
	const char *symbol_names;
	size_t symbol_names_len; /**< with the NUL of the last name */
};
#define EF_EM_XTENSA 0x5e
#define EF_EM_RISCV  0xf3

/** Return whether data begins as every ELF file does. */
bool ef_is_elf(const uint8_t *data, size_t len);

/**
 * Open a file that is in memory. Errors: INPUT (not an ELF, 64-bit, big-endian, truncated,
 * ...; the message says where), IO (out of memory).
 */
bool ef_elf_open(struct ef_elf *elf, const uint8_t *file, size_t len,
		 struct ef_err *err) EF_MUST_CHECK;
void ef_elf_release(struct ef_elf *elf);
/** Return the first section of this name; NULL if there is none. */
const struct ef_elf_section *ef_elf_section(const struct ef_elf *elf, const char *name);

/** The types of symbols that name code and data (System V gABI, chapter 4). */
enum { EF_STT_NOTYPE = 0, EF_STT_OBJECT = 1, EF_STT_FUNC = 2, EF_STT_GNU_IFUNC = 10 };

struct ef_elf_symbol {
	const char *name; /**< points into the file; "" when unnamed or damaged */
	uint32_t value, size;
	uint8_t type;                         /**< EF_STT_... or another */
	const struct ef_elf_section *section; /**< NULL: undefined, absolute or common */
};

/** Return symbol number index of the table; index must be below elf->symbol_count. */
struct ef_elf_symbol ef_elf_symbol(const struct ef_elf *elf, size_t index);

/* ---- flash settings in an image header ---- */

enum ef_flash_mode { EF_MODE_QIO, EF_MODE_QOUT, EF_MODE_DIO, EF_MODE_DOUT, EF_MODE_KEEP = 255 };

struct ef_flash_settings {
	enum ef_flash_mode mode; /**< KEEP: the bootloader's mode, or dio without a bootloader */
	uint16_t freq_mhz;       /**< 0: the chip's default */
	uint32_t size;           /**< bytes; 0: 4 MB */
	bool keeps;              /**< freq_mhz and size 0: as the header has it */
	bool as_esptool;         /**< the frequency's code is esptool's, not espflash's */
};
/** Get the header code (high nibble) of a flash size; false if the size has no code. */
bool ef_flash_size_code(uint32_t size, uint8_t *ret);
/** Return the flash size of a header code; 0 if unknown. */
uint32_t ef_flash_size_bytes(uint8_t code);
/** "4MB", "512KB"; "?" if the size has no name. Static text. */
const char *ef_flash_size_name(uint32_t size);
const char *ef_flash_mode_name(enum ef_flash_mode mode);

/* ---- parsing and checking an image ---- */

#define EF_IMAGE_SEGMENTS_MAX 16
struct ef_segment {
	uint32_t addr, len;
	uint32_t off; /**< offset of its data in the image */
};

struct ef_image_info {
	uint8_t segment_count, mode, size_code, freq_code;
	uint32_t entry;
	uint8_t wp_pin, drive[3];
	uint16_t chip_id;
	uint8_t min_rev_legacy;
	uint16_t min_rev, max_rev;
	uint8_t reserved[4]; /**< bytes 19 to 22; app images inherit them */
	bool has_digest;     /**< the header's digest flag */
	struct ef_segment segment[EF_IMAGE_SEGMENTS_MAX];
	uint32_t len; /**< image, checksum and digest; other data may follow */
	uint32_t digest_off;
	uint8_t checksum_stored, checksum_computed;
	bool is_digest_valid; /**< also true if there is no digest */
};

/**
 * Parse the image at the start of data; other data may follow it. Errors: INPUT (no magic,
 * truncated, impossible segment, digest flag neither 0 nor 1). A wrong checksum or digest is
 * not an error here; ef_image_verify reports it.
 */
bool ef_image_parse(const uint8_t *data, size_t len, struct ef_image_info *ret,
		    struct ef_err *err) EF_MUST_CHECK;
/**
 * Parse as much as possible of an image that ef_image_parse refuses: the header and the
 * complete segments. Length, checksum and digest are 0. False if the header is damaged.
 */
bool ef_image_parse_start(const uint8_t *data, size_t len, struct ef_image_info *ret) EF_MUST_CHECK;
/**
 * Return how many bytes a caller must have to get further with an image that it is still reading:
 * up to the next segment header or, once all headers are there, up to the end of checksum and
 * digest. 0: this is not an image.
 */
uint64_t ef_image_need(const uint8_t *data, size_t len);
/** Check the checksum and the digest. Error: INPUT if one is wrong. */
bool ef_image_verify(const struct ef_image_info *info, struct ef_err *err) EF_MUST_CHECK;
/**
 * Check what a ROM checks before it starts a bootloader without secure boot. It prints
 * "SHA-256 comparison failed" for a wrong digest, and goes on ("Attempting to boot
 * anyway..."). Error: INPUT if the checksum is wrong.
 */
bool ef_image_boots(const struct ef_image_info *info, struct ef_err *err) EF_MUST_CHECK;

/** The fields of an app descriptor (magic ABCD5432). Control characters are replaced. */
struct ef_app_desc {
	char version[33], project[33], time[17], date[17], idf_version[33];
	uint32_t secure_version;
	uint8_t elf_sha256[32];
	uint16_t min_efuse_blk_rev, max_efuse_blk_rev;
	uint8_t mmu_page_log2;
};
#define EF_APP_DESC_SIZE 256
/** False if data doesn't start with a descriptor. That is not an error, so there is no record. */
bool ef_app_desc_parse(const uint8_t *data, size_t len, struct ef_app_desc *ret);
/** Parse the descriptor of an app image. */
bool ef_image_app_desc(const uint8_t *image, size_t len, struct ef_app_desc *ret);

/** The fields of a bootloader descriptor (magic 0x50, ESP-IDF 5.2 and later). */
struct ef_bootloader_desc {
	uint8_t secure_version;
	uint32_t version;
	char idf_version[33], date_time[25];
};
#define EF_BOOTLOADER_DESC_SIZE 80
/**
 * Parse the descriptor of a bootloader, as ef_app_desc_parse does for an app. Its magic is only one
 * byte, so the text fields must be printable.
 */
bool ef_bootloader_desc_parse(const uint8_t *data, size_t len, struct ef_bootloader_desc *ret);
/** Parse the descriptor of a bootloader image. */
bool ef_image_bootloader_desc(const uint8_t *image, size_t len, struct ef_bootloader_desc *ret);

/** The secure boot V2 signature sector after an image. The signatures are not verified. */
struct ef_image_signature {
	uint32_t off;         /**< offset of the sector from the image's start */
	unsigned blocks;      /**< 1 to 3 */
	uint8_t version;      /**< the first block's: 2 RSA, 3 ECDSA */
	bool is_digest_valid; /**< all blocks contain the digest of this image */
};
/** Read the sector. False if there is no such sector, or data ends before it. */
bool ef_image_signature(const uint8_t *image, size_t len, const struct ef_image_info *info,
			struct ef_image_signature *ret);

/** The kinds of files that ef_file_survey recognizes. */
enum ef_file_kind {
	EF_FILE_UNKNOWN, /**< none of the others; may be text (a CSV) */
	EF_FILE_IMAGE,   /**< one image */
	EF_FILE_MERGED,  /**< the contents of a flash from `base` on */
	EF_FILE_TABLE,   /**< a binary partition table */
	EF_FILE_ESP8266, /**< an ESP8266 image; that chip isn't supported */
};
struct ef_file_layout {
	enum ef_file_kind kind;
	/*
	 * MERGED only. base is the address of the file's first byte: 0, or the chip's boot
	 * address, as in MicroPython's files. The two others are addresses, too.
	 */
	uint32_t base;
	bool has_bootloader;
	uint32_t bootloader_off;
	bool has_table;
	uint32_t table_off;
	bool is_table_valid;             /**< if false, table_err has the reason */
	struct ef_partition_table table; /**< only if it is valid */
	struct ef_err table_err;
};
/** Recognize a file by its contents. The images in it are not checked. */
void ef_file_survey(const uint8_t *data, size_t len, struct ef_file_layout *ret);

/* ---- building ---- */

struct ef_image_opts {
	const struct ef_chip *chip;
	struct ef_flash_settings flash;
	uint16_t min_revision; /**< oldest that can run the image, major * 100 + minor */
	/** the connected chip's revision; 0: unknown, then min_revision counts */
	uint16_t chip_revision;
	uint32_t mmu_page_size; /**< 0: from the descriptor, else its alignment, else 64 KiB */
	bool ignore_app_desc;   /**< accept an ELF without a descriptor */
	uint8_t xtal_mhz;       /**< 0: the chip's default; selects an inherited header only */
	/**
	 * The app image inherits header fields from this bootloader. NULL: from the
	 * bootloaders that espflash bundles (inherited_headers.c).
	 */
	const struct ef_image_info *bootloader;
};

/** Check that the ELF is for this chip: machine, CHIP_NAME, load addresses. Error: INPUT. */
bool ef_elf_check_chip(const struct ef_elf *elf, const struct ef_chip *chip,
		       struct ef_err *err) EF_MUST_CHECK;
/** Return the chip that the ELF's metadata names; NULL if it names none. */
const struct ef_chip *ef_elf_chip(const struct ef_elf *elf);
/** Receives one sentence for each doubt; the text ends with the call. */
typedef void ef_doubt_fn(void *user, const char *text);
/**
 * Report what may keep the program from starting on this chip, although an image can be built:
 * sections outside the memory that is known, more pieces in flash than ESP-IDF's bootloader maps,
 * an entry point in no section.
 */
void ef_image_doubts(const struct ef_elf *elf, const struct ef_chip *chip, ef_doubt_fn *fn,
		     void *user);
/**
 * Check that there is an app descriptor, by its symbol (esp_app_desc), its section
 * (.flash.appdesc, .rodata_desc) or, in a section of another name, by its magic word.
 * Error: INPUT, with a hint for each framework.
 */
bool ef_elf_check_app_desc(const struct ef_elf *elf, struct ef_err *err) EF_MUST_CHECK;

/**
 * Build the app image, byte for byte as espflash 4.5 does, with the allocated sections that
 * it drops. The caller frees *ret with
 * free(). Errors: INPUT, USAGE (settings that the chip lacks), IO (out of memory).
 */
bool ef_image_build(const struct ef_elf *elf, const struct ef_image_opts *opts, uint8_t **ret,
		    size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;

/**
 * Make the segments of a program that runs from RAM, merged and padded to multiples of 4. The
 * regions borrow their data from *ret_block; the caller frees both with free(). Error: INPUT if a
 * section is mapped from flash.
 */
bool ef_image_ram_segments(const struct ef_elf *elf, const struct ef_chip *chip,
			   struct ef_region **ret, size_t *ret_count, uint8_t **ret_block,
			   struct ef_err *err) EF_MUST_CHECK;

/**
 * Check that data is a bootloader for this chip, and patch mode, size and
 * frequency in place. If the image has a digest, recompute it; it may be wrong before.
 * *ret_info describes the patched image and may be used as ef_image_opts.bootloader.
 * Errors: INPUT (not an image, wrong chip, damaged), USAGE.
 */
bool ef_bootloader_patch(uint8_t *data, size_t len, const struct ef_chip *chip,
			 const struct ef_flash_settings *flash, struct ef_image_info *ret_info,
			 struct ef_err *err) EF_MUST_CHECK;

/* ---- a whole firmware ---- */

struct ef_firmware_parts {
	const struct ef_chip *chip;
	uint32_t flash_size;
	const uint8_t *bootloader; /**< already patched; NULL: don't write one */
	size_t bootloader_len;
	const struct ef_partition_table *table;
	uint32_t table_offset;
	const uint8_t *app;
	size_t app_len;
	const char *target_label; /**< NULL: "factory", else the first app partition */
};
struct ef_firmware {
	/** bootloader (if any), partition table and app, in address order */
	struct ef_region region[3];
	size_t count;
	const struct ef_partition *app_partition;
	uint8_t table_bin[EF_PARTITION_TABLE_SIZE]; /**< data of the table's region */
};
/**
 * Place the parts. Check that the app fits its partition, that nothing overlaps or
 * exceeds the flash, and that the bootloader ends before the table. The regions borrow
 * from parts and from *ret, so don't move *ret. output.h makes a file of them. Error: INPUT.
 */
bool ef_firmware_layout(const struct ef_firmware_parts *parts, struct ef_firmware *ret,
			struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
