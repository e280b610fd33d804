/* SPDX-License-Identifier: MIT */
/* Compresses a whole buffer better than zlib does, where this build has a library for it. */
#ifndef EF_FLASHER_DEFLATE_ALL_H
#define EF_FLASHER_DEFLATE_ALL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * *ret: a zlib stream of *ret_len bytes, owned by the caller. False: this build can't, the content
 * is too long, or memory ran out; the caller then uses zlib.
 */
bool ef_deflate_all(const uint8_t *data, uint32_t len, uint8_t **ret, uint32_t *ret_len);

/* Return whether this build compresses this much content at once. */
bool ef_deflate_all_can(uint32_t len);

#endif
