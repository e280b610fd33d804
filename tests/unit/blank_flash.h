/* SPDX-License-Identifier: MIT */
/*
 * Blank flash of the usual size, 4 MiB, which one virtual board after the other uses. Under a
 * sanitizer, fresh memory of that size takes longer than a session on it.
 */
#ifndef BLANK_FLASH_H
#define BLANK_FLASH_H

#include <stdint.h>

/* Return it, erased; NULL while another board has it. */
uint8_t *blank_flash_lend(void);
/* Take it back. Other memory is none of its business. */
void blank_flash_return(const uint8_t *flash);

#endif
