/* SPDX-License-Identifier: MIT */
/*
 * Finds out what the lines of a log mean for connecting, for the files of the diagnosis. Pointers
 * that these functions return point to the start of a line in the text that the caller passed; NULL
 * means that nothing was found.
 */
#ifndef EF_FLASHER_BOOT_LOG_H
#define EF_FLASHER_BOOT_LOG_H

#include <espflash/chip.h>
#include <espflash/console.h>
#include <espflash/diagnose.h>

#include "base/util.h"

/* The lines to search for. */
typedef bool boot_test(const struct ef_console_event *e, const struct ef_chip *chip);
bool boot_is_banner(const struct ef_console_event *e, const struct ef_chip *chip);
/* Recognize a banner that names the boot from flash, or a download mode. */
bool boot_is_flash_mode(const struct ef_console_event *e, const struct ef_chip *chip);
bool boot_is_download_mode(const struct ef_console_event *e, const struct ef_chip *chip);
/* Recognize a banner with a reset by the supply. */
bool boot_is_power(const struct ef_console_event *e, const struct ef_chip *chip);
/* Recognize a banner with its straps, or a bootloader that introduces itself. */
bool boot_is_start(const struct ef_console_event *e, const struct ef_chip *chip);
const uint8_t *boot_find_first(const struct ef_rx_log *rx, boot_test *test);
const uint8_t *boot_find_last(const struct ef_rx_log *rx, boot_test *test);

/* Copy the line that starts here, without escape sequences and unprintable bytes. */
void boot_quote_line(const struct ef_rx_log *rx, const uint8_t *line, char ret[EF_QUOTE_SIZE]);

/* The conclusion from the line that is the best evidence. verdict NONE: there is no boot log. */
struct boot_log {
	enum ef_verdict verdict;
	const uint8_t *line; /* inside the log */
	bool has_mode;       /* the line names the boot mode */
};
void boot_log_read(const struct ef_rx_log *rx, struct boot_log *ret);
/* Return the chip whose ROM printed this log; NULL when the greeting is missing or unknown. */
const struct ef_chip *boot_chip(const struct ef_rx_log *rx);
/*
 * Explain the "boot:" and "rst:" numbers of this line in words, for example
 * "GPIO9 low, GPIO8 low; started by: super watchdog". Adds them to ret, which is "" before.
 */
void boot_meaning(const struct ef_rx_log *rx, const uint8_t *line, bool with_pins,
		  char ret[EF_MEANING_SIZE]);

#endif
