/* SPDX-License-Identifier: MIT */
/* The flash chip: is it there, which one, how large. */
#ifndef EF_FLASHER_SPI_FLASH_H
#define EF_FLASHER_SPI_FLASH_H

#include "flasher/flasher_priv.h"

/* One SPI command without address through the controller's registers; 1 to 32 bits back. */
bool ef_spi_command(struct ef_flasher *f, uint8_t opcode, unsigned read_bits, uint32_t *ret,
		    struct ef_err *err) EF_MUST_CHECK;
/* SPI_ATTACH, RDID, SPI_SET_PARAMS; fills dev.flash_id and dev.flash_size. */
bool ef_spi_flash_open(struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* The id that the flash answers now; 0: none. */
bool ef_spi_flash_id(struct ef_flasher *f, uint32_t *ret, struct ef_err *err) EF_MUST_CHECK;
/* An error where there is no flash to work on. */
bool ef_flash_check(const struct ef_flasher *f, struct ef_err *err) EF_MUST_CHECK;
/* The error for a range that ends beyond the flash; label may be NULL. Always false. */
bool ef_fail_past_flash(const char *label, uint32_t addr, uint32_t len, uint32_t flash_size,
			struct ef_err *err);

#endif
