/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Second-stage bootloaders: judge an image, find the ones that a larger file contains, build
 * one from its ELF. Nothing here does I/O.
 */
#ifndef ESPFLASH_BOOT_H
#define ESPFLASH_BOOT_H

#include <espflash/image.h>

EF_API_BEGIN

/** The largest bootloader; ESP-IDF's have 20 to 40 KiB, and most tables are at 0x8000. */
#define EF_BOOT_MAX (256u * 1024u)
/** ef_boot.max_rev: any revision. */
#define EF_BOOT_ANY_REV 65535u

struct ef_boot {
	const struct ef_chip *chip;
	const uint8_t *data; /**< the image; borrowed */
	uint32_t len;        /**< with checksum and digest, without the bytes that follow */
	size_t off;          /**< from the start of the bytes that were scanned */
	struct ef_image_info info;
	/**
	 * The image identifies itself as a bootloader: by its descriptor (ESP-IDF 5.2 and later),
	 * or by the greeting that it prints. Otherwise only its form suggests it.
	 */
	bool is_certain;
	uint16_t min_rev, max_rev; /**< chip revisions, major * 100 + minor */
	uint8_t xtal_mhz;          /**< 0: unknown; see ef_boot_tell_crystals */
	/**
	 * It was built to switch on secure boot or flash encryption. That burns eFuses at its
	 * first start, so it must not be chosen for a board whose owner did not ask for it.
	 */
	bool burns_efuses;
	char idf_version[33]; /**< "": unknown */
	char date[25];        /**< when it was built; "": unknown */
};

/**
 * Judge the image at the start of data: for a known chip, whole, all segments in RAM, the
 * entry point in one of them, no app descriptor. A wrong digest is not an error, because
 * ROMs and ef_bootloader_patch accept it. Error: INPUT.
 */
bool ef_boot_judge(const uint8_t *data, size_t len, struct ef_boot *ret,
		   struct ef_err *err) EF_MUST_CHECK;

/** The scan calls this for each bootloader. Returns whether the scan goes on. */
typedef bool ef_boot_fn(void *user, const struct ef_boot *boot);
/**
 * Find the bootloaders anywhere in data, such as the program espflash. It counts only images that
 * are certainly bootloaders and have a correct digest. Work is bounded by the length of data.
 */
void ef_boot_scan(const uint8_t *data, size_t len, ef_boot_fn *fn, void *user);

/**
 * Find out the crystal of bootloaders that come from one collection. For a chip that exists with
 * two crystals, such a collection has two builds of the same bootloader. They differ in the
 * constants that their code loads, and those reveal the crystal. Changes xtal_mhz only, and only
 * where it is 0.
 */
void ef_boot_tell_crystals(struct ef_boot *boots, size_t count);

/** Return whether bootloaders for this chip depend on its revision. */
bool ef_boot_has_families(const struct ef_chip *chip);

struct ef_boot_build {
	const struct ef_chip *chip;
	struct ef_flash_settings flash;
	uint16_t min_rev, max_rev; /**< for the header; EF_BOOT_ANY_REV: any */
};
/**
 * Make the image of a bootloader's ELF, byte for byte as esptool's elf2image does. The caller
 * frees *ret with free(). Errors: INPUT, USAGE, IO (out of memory).
 */
bool ef_boot_build(const struct ef_elf *elf, const struct ef_boot_build *opts, uint8_t **ret,
		   size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;

/** What an ESP-IDF configuration (the file sdkconfig) says about the bootloader it made. */
struct ef_sdkconfig {
	char target[16];  /**< "esp32c3"; "": not given */
	uint8_t xtal_mhz; /**< 0: not given, or detected at run time */
	bool has_revs;
	uint16_t min_rev, max_rev;
	bool burns_efuses;     /**< as in struct ef_boot; also for anti-rollback */
	uint32_t table_offset; /**< where the partition table is; 0: unknown */
};
void ef_sdkconfig_read(const uint8_t *text, size_t len, struct ef_sdkconfig *ret);

EF_API_END
#endif
