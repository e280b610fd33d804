/* SPDX-License-Identifier: MIT */
/* Reading the boot logs of ROMs; shared by the files of the diagnosis. */
#ifndef EF_FLASHER_BOOT_LOG_H
#define EF_FLASHER_BOOT_LOG_H

#include <espflash/chip.h>
#include <espflash/diagnose.h>

#include "base/util.h"

const uint8_t *boot_find(const uint8_t *p, size_t len, const char *text);
const uint8_t *boot_find_bytes(const uint8_t *p, size_t len, const uint8_t *bytes, size_t n);
const uint8_t *boot_find_last(const struct ef_rx_log *rx, const char *text);
bool boot_contains(const struct ef_rx_log *rx, const char *text);
/* The line around p, without what can't be printed. */
void boot_quote_line(const struct ef_rx_log *rx, const uint8_t *p, char ret[EF_QUOTE_SIZE]);

/* What the last telling line says. verdict NONE: there is no boot log. */
struct boot_log {
	enum ef_verdict verdict;
	const uint8_t *line; /* inside the log */
};
void boot_log_read(const struct ef_rx_log *rx, struct boot_log *ret);
/* Whether a ROM says there that it waits for a host. */
bool boot_waits(const uint8_t *p, size_t len);
/* Whether the mode that a boot line names is one of download. */
bool boot_is_download(const uint8_t *p, size_t len);
/* The chip whose ROM it is; NULL when the greeting is missing. */
const struct ef_chip *boot_chip(const struct ef_rx_log *rx);
/* "GPIO9 low, GPIO8 low; restarted by: super watchdog": the numbers of the line at p. */
void boot_meaning(const struct ef_rx_log *rx, const uint8_t *line, bool with_pins,
		  char ret[EF_MEANING_SIZE]);

#endif
