/* SPDX-License-Identifier: MIT */
/**
 * @file
 * One file made of several regions of flash: raw, Intel HEX, UF2. Each is byte for byte what
 * esptool's merge-bin makes of the same regions. Nothing here does I/O.
 *
 * Regions are in the order of their addresses and don't overlap (INPUT otherwise). The caller
 * frees *ret with free().
 */
#ifndef ESPFLASH_OUTPUT_H
#define ESPFLASH_OUTPUT_H

#include <stdbool.h>

#include <espflash/err.h>
#include <espflash/region.h>

EF_API_BEGIN

/**
 * Write what flash has from the address start on, with FF in the gaps. end: pad with FF up to this
 * address; 0: don't. Errors: INPUT (a region lies before start or passes end, or the file would be
 * larger than any flash), IO (out of memory).
 */
bool ef_output_raw(const struct ef_region *regions, size_t count, uint32_t start, uint32_t end,
		   uint8_t **ret, size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;

/**
 * Write Intel HEX: records of 16 bytes, none of them across 64 KiB, lines that end with LF. The
 * gaps are not in the file. Errors: INPUT, IO (out of memory).
 */
bool ef_output_ihex(const struct ef_region *regions, size_t count, uint8_t **ret, size_t *ret_len,
		    struct ef_err *err) EF_MUST_CHECK;

/** Bytes of data in a UF2 block, without and with its MD5. */
#define EF_UF2_CHUNK_MAX     476u
#define EF_UF2_CHUNK_MAX_MD5 452u

struct ef_uf2_opts {
	uint32_t family; /**< the chip's, from struct ef_chip_image */
	uint32_t chunk;  /**< bytes of data in a block, a multiple of 4; 0: as many as fit */
	bool no_md5;     /**< leave out the MD5 behind each block's data */
};
/**
 * Write UF2: blocks of 512 bytes, numbered within each region. Errors: USAGE (chunk), INPUT, IO
 * (out of memory).
 */
bool ef_output_uf2(const struct ef_region *regions, size_t count, const struct ef_uf2_opts *opts,
		   uint8_t **ret, size_t *ret_len, struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
