/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The memory of a connected chip, and leaving its loader for the app in flash.
 */
#ifndef ESPFLASH_MEMORY_H
#define ESPFLASH_MEMORY_H

#include <espflash/flasher.h>

EF_API_BEGIN

/**
 * One word, at an address that is a multiple of 4. A loader reads and writes whatever it is
 * told to: where there is no memory it may crash, which is TIMEOUT with a hint. Errors:
 * INPUT (unaligned), UNSUPP (secure download mode), TIMEOUT, PROTOCOL, PORT, INTR.
 */
bool ef_flasher_read_word(struct ef_flasher *f, uint32_t addr, uint32_t *ret, struct ef_err *err)
	EF_MUST_CHECK;
/** Only the bits in mask change; the loader reads the others first. */
bool ef_flasher_write_word(struct ef_flasher *f, uint32_t addr, uint32_t value, uint32_t mask,
			   struct ef_err *err) EF_MUST_CHECK;

/**
 * Any address and length up to the end of the address space, read as the words that hold it.
 * What a line spoiled is read again, up to three times. A register that changes when it is
 * read does so here too.
 */
bool ef_flasher_read_mem(struct ef_flasher *f, uint32_t addr, uint32_t len, ef_read_sink *sink,
			 void *user, struct ef_err *err) EF_MUST_CHECK;

/**
 * Leave the loader and start the app in flash: by the reset lines where the port has them and
 * may_reset, else by the loader, where it can, else by the chip's watchdog. UNSUPP when none
 * of them can.
 */
bool ef_flasher_run(struct ef_flasher *f, bool may_reset, struct ef_err *err) EF_MUST_CHECK;

EF_API_END
#endif
