/* SPDX-License-Identifier: MIT */
/* Writes a region that the loader encrypts. Private to flash_write.c and flash_encrypted.c. */
#ifndef EF_FLASHER_FLASH_ENCRYPTED_H
#define EF_FLASHER_FLASH_ENCRYPTED_H

#include "flasher/flasher_priv.h"

/* UNSUPP: the loader that runs can't encrypt; nothing was changed then. */
bool ef_write_encrypted(struct ef_flasher *f, const struct ef_region *region,
			const struct ef_write_opts *opts, struct ef_write_stats *stats,
			struct ef_err *err) EF_MUST_CHECK;

#endif
