/* SPDX-License-Identifier: MIT */
/* Detects the flash chip and its size. */
#ifndef EF_FLASHER_SPI_FLASH_H
#define EF_FLASHER_SPI_FLASH_H

#include "flasher/flasher_priv.h"

/*
 * Attach the flash, read its id and tell the loader its size. Sets dev.no_flash,
 * dev.flash_id and dev.flash_size. A missing flash is a warning, not an error.
 */
bool ef_spi_flash_open(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/*
 * Return whether to believe that the id is missing. A request that was damaged may have changed a
 * register of the SPI controller, and then the id is missing each time.
 */
bool ef_spi_flash_is_sure(const struct ef_flasher *f);
/* Read the flash id once more. *ret 0: the flash does not answer. */
bool ef_spi_flash_id(struct ef_flasher *f, uint32_t *ret, struct ef_err *err) EF_MUST_CHECK;
/* Fails if no flash was found and the user gave no size. */
bool ef_flash_check(const struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* Warns, once, of a range that ends beyond 2 MB of flash whose size is unknown. */
void ef_flash_warn_unseen(struct ef_flasher *f, uint32_t addr, uint32_t len);
/* Fail with INPUT for a range that ends past the flash; label may be NULL. Always false. */
bool ef_fail_past_flash(const char *label, uint32_t addr, uint32_t len, uint32_t flash_size,
			struct ef_err *err);

/* Send one request to erase whole sectors (flash_erase.c). */
bool ef_flash_erase_step(struct ef_flasher *f, uint32_t addr, uint32_t len,
			 struct ef_err *err) EF_MUST_CHECK;
/* Return where the loader's flash addresses wrap to 0; 0: they don't. */
uint32_t ef_flash_reach(const struct ef_flasher *f);
/* UNSUPP: the loader can't address the whole range. label may be NULL. */
bool ef_flash_reach_check(const struct ef_flasher *f, const char *label, uint32_t addr,
			  uint32_t len, struct ef_err *err) EF_MUST_CHECK;

#endif
