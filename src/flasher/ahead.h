/* SPDX-License-Identifier: MIT */
/* Compresses content that will probably be written, while the caller connects to the board. */
#ifndef EF_FLASHER_AHEAD_H
#define EF_FLASHER_AHEAD_H

#include <espflash/region.h>
#include <stdbool.h>

/*
 * Start to compress. NULL: this content is not compressed as a whole, or there is no thread for it.
 */
struct ef_ahead *ef_ahead_start(const struct ef_region *likely);
/*
 * *ret: the zlib stream of exactly this content, owned by the caller. Waits until it is complete.
 * False: another content was compressed, or none.
 */
bool ef_ahead_take(struct ef_ahead *a, const uint8_t *data, uint32_t len, uint8_t **ret,
		   uint32_t *ret_len);
/* Waits until the thread has ended. Accepts NULL. */
void ef_ahead_free(struct ef_ahead *a);

#endif
