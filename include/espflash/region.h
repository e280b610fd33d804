/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A piece of flash (or RAM) with its content: what the image layer makes and
 * the flasher writes. Both are blind to each other and share only this.
 */
#ifndef ESPFLASH_REGION_H
#define ESPFLASH_REGION_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/api.h>

EF_API_BEGIN

struct ef_region {
	uint32_t addr;       /**< first byte, target address (flash offset) */
	const uint8_t *data; /**< borrowed: the maker says how long it lives */
	uint32_t len;        /**< bytes */
	const char *label;   /**< "bootloader", "app", a partition's name; borrowed, not NULL */
};

EF_API_END
#endif
