/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Read and write the memory of a connected chip, and start the app in flash.
 */
#ifndef ESPFLASH_MEMORY_H
#define ESPFLASH_MEMORY_H

#include <espflash/flasher.h>

EF_API_BEGIN

/**
 * Read one 32-bit word. addr must be a multiple of 4. The loader accesses every address that a
 * request names; where the chip has no memory the loader may crash, which is TIMEOUT with the hint
 * EF_HINT_NO_MEMORY_THERE. Errors: INPUT (unaligned), UNSUPP (secure download mode), TIMEOUT,
 * PROTOCOL, PORT, INTR.
 */
bool ef_flasher_read_word(struct ef_flasher *f, uint32_t addr, uint32_t *ret,
			  struct ef_err *err) EF_MUST_CHECK;
/**
 * Write the bits in mask of one word; the loader reads the word first and keeps
 * the others. Errors: as ef_flasher_read_word.
 */
bool ef_flasher_write_word(struct ef_flasher *f, uint32_t addr, uint32_t value, uint32_t mask,
			   struct ef_err *err) EF_MUST_CHECK;

/**
 * Read len bytes from any address; the last byte must be below 4 GiB. The loader reads whole words,
 * so that the words around both ends are read, too: reading may change a register. It repeats a
 * read that the line lost, and returns the error after three attempts. The sink gets consecutive
 * pieces. Errors: as ef_flasher_read_word, and those of the sink.
 */
bool ef_flasher_read_mem(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
			 void *user, struct ef_err *err) EF_MUST_CHECK;

/**
 * Leave the loader and start the app in flash. The means, in this order: DTR and
 * RTS, if the port has them and may_reset is true; the loader, if it can jump to
 * the app; the chip's watchdog. Errors: UNSUPP (none of them works here),
 * TIMEOUT, PROTOCOL, PORT, INTR.
 */
bool ef_flasher_run(struct ef_flasher *f, bool may_reset, struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
