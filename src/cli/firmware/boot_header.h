/* SPDX-License-Identifier: MIT */
/*
 * The flash settings in the header of a bootloader among files: set as esptool's write-flash sets
 * them, which also corrects the bootloader's digest.
 */
#ifndef EF_CLI_BOOT_HEADER_H
#define EF_CLI_BOOT_HEADER_H

#include "cli/firmware/pairs.h"
#include <espflash/image.h>

struct boot_header {
	const struct pair *pair; /* the file that was patched; NULL: none */
	struct ef_buf content;   /* the whole file with the patched header */
	struct ef_flash_settings settings;
};

/* Return whether the user asks for flash settings. */
bool boot_header_is_asked(const struct flash_config_args *args);
/* Replace FLASH_SIZE_DETECT by the size that was detected; 0 if that is unknown. */
void boot_header_detect(struct flash_config_args *args, const struct ef_device *dev);
/* Give the loader the size of --flash-size, if there is one. */
bool boot_header_size(struct cli *cli, const struct flash_config_args *args, struct session *s,
		      struct ef_err *err) EF_MUST_CHECK;
/*
 * Return whether this content is a bootloader at its place, as esptool sees it: a valid image of
 * the chip at the boot address.
 */
bool boot_header_fits(uint32_t addr, const uint8_t *data, size_t len, const struct ef_chip *chip,
		      struct ef_image_info *info);
/*
 * Find a bootloader that is placed at the boot address, and patch a copy of it. USAGE:
 * a setting that the chip or the header doesn't know.
 */
bool boot_header_patch(struct cli *cli, const struct flash_config_args *args,
		       const struct pairs *pairs, const struct ef_device *dev,
		       struct boot_header *ret, struct ef_err *err) EF_MUST_CHECK;
/*
 * Return the content to write for this file: the patched copy or the file itself; the length is
 * the same.
 */
const uint8_t *boot_header_data(const struct boot_header *h, const struct pair *pair);
/*
 * Make the file that 'flash' would write with the flash settings of the header in flash. False: the
 * file is not a bootloader for this place, or its header is the same.
 */
bool boot_header_with(const struct pair *pair, const struct ef_chip *chip, const uint8_t head[4],
		      struct ef_buf *ret, struct ef_err *err) EF_MUST_CHECK;
void boot_header_release(struct boot_header *h);

#endif
