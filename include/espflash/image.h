/* SPDX-License-Identifier: MIT */
/**
 * @file
 * ESP firmware images: read an ELF, build an app image, parse and check an
 * image, patch a bootloader, lay out a merged file. No I/O: bytes in, bytes out.
 */
#ifndef ESPFLASH_IMAGE_H
#define ESPFLASH_IMAGE_H

#include <espflash/chip.h>
#include <espflash/partition.h>
#include <espflash/region.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- ELF ---- */

struct ef_elf_section {
	const char *name; /**< points into the file; "" when unnamed */
	uint32_t type, flags, addr, size;
	const uint8_t *data; /**< NULL for NOBITS */
};

/**
 * A bounded view of a 32-bit little-endian executable. Borrows the bytes it
 * was opened on; they must outlive it.
 */
struct ef_elf {
	const uint8_t *file;
	size_t file_len;
	uint16_t machine; /**< EF_EM_XTENSA or EF_EM_RISCV */
	uint32_t entry;
	struct ef_elf_section *sections; /**< owned */
	size_t section_count;
	/** Values of section .espressif.metadata; "" when absent. */
	char chip_name[32];       /**< build_info.CHIP_NAME */
	char log_format[32];      /**< espflash.LOG_FORMAT */
	uint16_t min_revision;    /**< build_info.MIN_CHIP_REVISION; 0 none */
	bool has_app_desc_symbol; /**< a symbol named esp_app_desc */
};
#define EF_EM_XTENSA 0x5e
#define EF_EM_RISCV  0xf3

/**
 * Errors: INPUT (what and where: not ELF, 64-bit, big-endian, truncated, no code...), IO
 * (memory).
 */
bool ef_elf_open(struct ef_elf *elf, const uint8_t *file, size_t len,
		 struct ef_err *err) EF_MUST_CHECK;
void ef_elf_release(struct ef_elf *elf);
const struct ef_elf_section *ef_elf_section(const struct ef_elf *elf, const char *name);

/* ---- settings of a flash chip in an image header ---- */

enum ef_flash_mode { EF_MODE_QIO, EF_MODE_QOUT, EF_MODE_DIO, EF_MODE_DOUT, EF_MODE_KEEP = 255 };

struct ef_flash_settings {
	enum ef_flash_mode mode; /**< KEEP: as in the bootloader (dio without one) */
	uint16_t freq_mhz;       /**< 0: the chip's default */
	uint32_t size;           /**< bytes; 0: 4 MB */
};
/** Header code (high nibble value) of a flash size; false for sizes without one. */
bool ef_flash_size_code(uint32_t size, uint8_t *ret);
/** Inverse; 0 for an unknown code. */
uint32_t ef_flash_size_bytes(uint8_t code);
/** "4MB", "512KB"; static text, "?" when it has no name. */
const char *ef_flash_size_name(uint32_t size);
/** "4MB"/"4mb"/"512kb"; 0 when unknown. */
uint32_t ef_flash_size_by_name(const char *name);
const char *ef_flash_mode_name(enum ef_flash_mode mode);

/* ---- parsing and checking an image ---- */

#define EF_IMAGE_SEGMENTS_MAX 16
struct ef_segment {
	uint32_t addr, len;
	uint32_t off; /**< of its data in the image */
};

struct ef_image_info {
	uint8_t segment_count, mode, size_code, freq_code;
	uint32_t entry;
	uint8_t wp_pin, drive[3];
	uint16_t chip_id;
	uint8_t min_rev_legacy;
	uint16_t min_rev, max_rev;
	uint8_t reserved[4]; /**< bytes 19 to 22, inherited with the rest */
	bool has_digest;     /**< the header says so */
	struct ef_segment segment[EF_IMAGE_SEGMENTS_MAX];
	uint32_t len; /**< of the image with checksum and digest; more may follow */
	uint32_t digest_off;
	uint8_t checksum_stored, checksum_computed;
	bool is_digest_valid; /**< true too when there is none */
};

/**
 * Walk an image that may be followed by anything. Errors: INPUT (no magic,
 * truncated, impossible segment, digest flag neither 0 nor 1). A wrong checksum or digest is
 * not an error here: the info tells. Call ef_image_verify for a verdict.
 */
bool ef_image_parse(const uint8_t *data, size_t len, struct ef_image_info *ret,
		    struct ef_err *err) EF_MUST_CHECK;
/**
 * What can be told of an image that ef_image_parse refuses: the header and the
 * segments that are whole. Its length, checksum and digest are 0 then. False
 * when not even the header is there.
 */
bool ef_image_parse_start(const uint8_t *data, size_t len, struct ef_image_info *ret) EF_MUST_CHECK;
/** INPUT when checksum or digest are wrong. */
bool ef_image_verify(const struct ef_image_info *info, struct ef_err *err) EF_MUST_CHECK;

/** What an app descriptor (magic ABCD5432) says; strings are cleaned. */
struct ef_app_desc {
	char version[33], project[33], time[17], date[17], idf_version[33];
	uint32_t secure_version;
	uint8_t elf_sha256[32];
	uint16_t min_efuse_blk_rev, max_efuse_blk_rev;
	uint8_t mmu_page_log2;
};
#define EF_APP_DESC_SIZE 256
/** false when data holds none; no error record: absence is a fact, not a fault. */
bool ef_app_desc_parse(const uint8_t *data, size_t len, struct ef_app_desc *ret);
/** The descriptor at its place in an app image. */
bool ef_image_app_desc(const uint8_t *image, size_t len, struct ef_app_desc *ret);

/** What a bootloader says of itself (magic 0x50, ESP-IDF 5.2 and later); strings are cleaned. */
struct ef_bootloader_desc {
	uint8_t secure_version;
	uint32_t version;
	char idf_version[33], date_time[25];
};
#define EF_BOOTLOADER_DESC_SIZE 80
/** As ef_app_desc_parse. One byte of magic proves little: what is no text is no descriptor. */
bool ef_bootloader_desc_parse(const uint8_t *data, size_t len, struct ef_bootloader_desc *ret);
/** The descriptor at its place in a bootloader image. */
bool ef_image_bootloader_desc(const uint8_t *image, size_t len, struct ef_bootloader_desc *ret);

/** The sector of secure boot V2 behind an image. Nothing is said of the signatures themselves. */
struct ef_image_signature {
	uint32_t off;         /**< of the sector, from the image's start */
	unsigned blocks;      /**< 1 to 3 */
	uint8_t version;      /**< of the first block: 2 RSA, 3 ECDSA */
	bool is_digest_valid; /**< all blocks are for just this image */
};
/** false when there is none (or len ends before it). */
bool ef_image_signature(const uint8_t *image, size_t len, const struct ef_image_info *info,
			struct ef_image_signature *ret);

/** What a file of unknown kind holds. */
enum ef_file_kind {
	EF_FILE_UNKNOWN, /**< none of these; may be text (a CSV) */
	EF_FILE_IMAGE,   /**< begins with an image's magic; nothing else was recognised in it */
	EF_FILE_MERGED,  /**< content of a flash from address 0 */
	EF_FILE_TABLE,   /**< a binary partition table */
	EF_FILE_ESP8266, /**< an image of a chip that isn't supported */
};
struct ef_file_layout {
	enum ef_file_kind kind;
	/* MERGED only */
	bool has_bootloader;
	uint32_t bootloader_off;
	bool has_table;
	uint32_t table_off;
	bool is_table_valid;             /**< else table_err tells */
	struct ef_partition_table table; /**< when it is valid */
	struct ef_err table_err;
};
/** Look at a file from its beginning. Whether the images in it are whole is not said here. */
void ef_file_survey(const uint8_t *data, size_t len, struct ef_file_layout *ret);

/* ---- building ---- */

struct ef_image_opts {
	const struct ef_chip *chip;
	struct ef_flash_settings flash;
	uint16_t min_revision; /**< --min-chip-rev, major * 100 + minor */
	/** of the connected chip; 0: unknown, min_revision decides instead */
	uint16_t chip_revision;
	uint32_t mmu_page_size; /**< 0: from the descriptor, else its alignment, else 64 KiB */
	bool ignore_app_desc;   /**< do not insist on a descriptor */
	uint8_t xtal_mhz;       /**< 0: the chip's default; chooses among inherited headers only */
	/**
	 * Bootloader whose header fields are inherited; NULL: the facts table (espflash's
	 * bundled ones).
	 */
	const struct ef_image_info *bootloader;
	/**
	 * Called now and then while the ELF is read from end to end, to let go of what is in
	 * memory of a mapped file (large firmware); NULL: nothing to do.
	 */
	void (*trim)(void *user);
	void *trim_user;
};

/** ELF matches the chip: machine, CHIP_NAME metadata, load addresses. INPUT, naming both. */
bool ef_elf_check_chip(const struct ef_elf *elf, const struct ef_chip *chip,
		       struct ef_err *err) EF_MUST_CHECK;
/** The only chip that this ELF can be for (metadata); NULL when it doesn't say. */
const struct ef_chip *ef_elf_chip(const struct ef_elf *elf);
/**
 * A descriptor is present (esp_app_desc, .flash.appdesc or .rodata_desc). INPUT with a hint
 * per framework.
 */
bool ef_elf_check_app_desc(const struct ef_elf *elf, struct ef_err *err) EF_MUST_CHECK;

/**
 * Build the app image, byte for byte what espflash 4.5 builds.
 * *ret is the caller's, to be freed with free(). Errors: INPUT, USAGE (settings
 * that the chip lacks), IO (memory).
 */
bool ef_image_build(const struct ef_elf *elf, const struct ef_image_opts *opts, uint8_t **ret,
		    size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;

/**
 * Segments for --ram: merged, padded to 4, none flash mapped (else INPUT). Free regions with
 * free(); data borrowed from a block that starts at *ret_block, also to be freed.
 */
bool ef_image_ram_segments(const struct ef_elf *elf, const struct ef_chip *chip,
			   struct ef_region **ret, size_t *ret_count, uint8_t **ret_block,
			   struct ef_err *err) EF_MUST_CHECK;

/**
 * Check that data is a bootloader for this chip and patch mode, size and
 * frequency in place; recompute the digest when its header says that there is
 * one. *ret_info (of the patched image) may be used as ef_image_opts.bootloader.
 * Errors: INPUT (not an image, wrong chip, damaged), USAGE.
 */
bool ef_bootloader_patch(uint8_t *data, size_t len, const struct ef_chip *chip,
			 const struct ef_flash_settings *flash, struct ef_image_info *ret_info,
			 struct ef_err *err) EF_MUST_CHECK;

/* ---- a whole firmware ---- */

struct ef_firmware_parts {
	const struct ef_chip *chip;
	uint32_t flash_size;
	const uint8_t *bootloader; /**< patched; NULL: none is written */
	size_t bootloader_len;
	const struct ef_partition_table *table;
	uint32_t table_offset;
	const uint8_t *app;
	size_t app_len;
	const char *target_label; /**< NULL: "factory", else the first app partition */
};
struct ef_firmware {
	/** bootloader (if any), partition table, app: in address order */
	struct ef_region region[3];
	size_t count;
	const struct ef_partition *app_partition;
	uint8_t table_bin[EF_PARTITION_TABLE_SIZE]; /**< what region data of the table points at */
};
/**
 * Place the parts; check that the app fits its slot, that nothing overlaps or leaves
 * the flash, that the bootloader ends before the table. Regions borrow from
 * parts and from ret itself (do not move it). Errors: INPUT with both sizes.
 */
bool ef_firmware_layout(const struct ef_firmware_parts *parts, struct ef_firmware *ret,
			struct ef_err *err) EF_MUST_CHECK;
/** One file from address 0, gaps FF; padded to flash_size unless skip_padding. free() it. */
bool ef_firmware_merge(const struct ef_firmware *fw, uint32_t flash_size, bool skip_padding,
		       uint8_t **ret, size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
