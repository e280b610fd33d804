/* SPDX-License-Identifier: MIT */
/*
 * Parser for the boot logs that ROMs print, shared by the files of the diagnosis.
 * Pointers that these functions return point into the text that the caller passed;
 * NULL means that nothing was found.
 */
#ifndef EF_FLASHER_BOOT_LOG_H
#define EF_FLASHER_BOOT_LOG_H

#include <espflash/chip.h>
#include <espflash/diagnose.h>

#include "base/util.h"

const uint8_t *boot_find_last(const struct ef_rx_log *rx, const char *text);
bool boot_contains(const struct ef_rx_log *rx, const char *text);
/* Copy the line around p, without escape sequences and unprintable bytes. */
void boot_quote_line(const struct ef_rx_log *rx, const uint8_t *p, char ret[EF_QUOTE_SIZE]);

/* The conclusion from the line that is the best evidence. verdict NONE: there is no boot log. */
struct boot_log {
	enum ef_verdict verdict;
	const uint8_t *line; /* inside the log */
};
void boot_log_read(const struct ef_rx_log *rx, struct boot_log *ret);
/* Whether the text contains a ROM's message that it waits for a host. */
bool boot_waits(const uint8_t *p, size_t len);
/* Whether the "boot:" line in the text names a download mode. */
bool boot_is_download(const uint8_t *p, size_t len);
/* The chip whose ROM printed this log; NULL when the greeting is missing or unknown. */
const struct ef_chip *boot_chip(const struct ef_rx_log *rx);
/*
 * Explain the "boot:" and "rst:" numbers of this line in words, for example
 * "GPIO9 low, GPIO8 low; started by: super watchdog". "" when there is nothing to say.
 */
void boot_meaning(const struct ef_rx_log *rx, const uint8_t *line, bool with_pins,
		  char ret[EF_MEANING_SIZE]);

#endif
