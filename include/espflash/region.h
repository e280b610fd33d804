/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A piece of flash or RAM with its content. The image layer makes regions and
 * the flasher writes them; neither knows the other.
 */
#ifndef ESPFLASH_REGION_H
#define ESPFLASH_REGION_H

#include <stddef.h>
#include <stdint.h>

#include <espflash/api.h>

EF_API_BEGIN

/** Bytes of a flash sector, the smallest unit that can be erased. */
#define EF_SECTOR 0x1000u

struct ef_region {
	uint32_t addr; /**< the first byte's flash offset or RAM address */
	/** borrowed; the function that makes the region documents the owner */
	const uint8_t *data;
	uint32_t len;      /**< bytes */
	const char *label; /**< "bootloader", "app", a partition's name; borrowed, not NULL */
};

EF_API_END
#endif
