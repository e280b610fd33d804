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

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a flash sector: the unit of erasing, and the alignment of partitions. */
#define EF_SECTOR 0x1000u

struct ef_region {
	uint32_t addr;       /**< first byte, target address (flash offset) */
	const uint8_t *data; /**< borrowed: the maker says how long it lives */
	uint32_t len;        /**< bytes */
	const char *label;   /**< "bootloader", "app", a partition's name; borrowed, not NULL */
};

#ifdef __cplusplus
}
#endif
#endif
